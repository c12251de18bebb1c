/** Invented people for the gallery; any likeness is chance. The same on every run. */

export interface Doctor {
  id: string
  name: string
  specialty: string
  city: string
  workplace: string
  updated: string
  letters: number
}

const NAMES = {
  ru: {
    people: [
      {
        family: ['Абрамова', 'Белинская', 'Горячева', 'Ершова', 'Зимина', 'Климова', 'Мухаметшина', 'Орлова'],
        given: ['Вера', 'Инна', 'Ольга', 'Майя', 'Раиса', 'Нина', 'Айгуль'],
        father: ['Павловна', 'Андреевна', 'Сергеевна', 'Юрьевна', 'Ринатовна'],
      },
      {
        family: ['Вересаев', 'Дымов', 'Жилин', 'Ильинский', 'Лаптев', 'Преображенский-Каменский'],
        given: ['Пётр', 'Осип', 'Лев', 'Глеб', 'Тимур'],
        father: ['Ильич', 'Степанович', 'Маркович', 'Дмитриевич', 'Игоревич', 'Константинович'],
      },
    ],
    specialty: ['Кардиология', 'Эндокринология', 'Неврология', 'Терапия', 'Педиатрия', 'Онкология'],
    city: ['Казань', 'Пермь', 'Томск', 'Самара', 'Ростов-на-Дону', 'Петропавловск-Камчатский'],
    workplace: [
      'Городская больница № 7',
      'Поликлиника «Северная»',
      'Областной кардиологический диспансер',
      'Клиника «Ясный день»',
      'Детская больница № 2',
    ],
  },
  en: {
    people: [
      {
        family: ['Abbot', 'Bramley', 'Carrow', 'Dunmore', 'Eastlake', 'Fairweather', 'Garland', 'Featherstone-Haugh'],
        given: ['Vera', 'Ina', 'Olive', 'Maya', 'Rosa', 'Nina', 'Ada'],
        father: ['P.', 'A.', 'S.', 'J.', 'R.'],
      },
      {
        family: ['Hollis', 'Inglewood', 'Jessop', 'Kestrel', 'Lovelace', 'Marchbank'],
        given: ['Peter', 'Osbert', 'Leo', 'Giles', 'Timothy'],
        father: ['I.', 'T.', 'M.', 'D.', 'G.', 'C.'],
      },
    ],
    specialty: ['Cardiology', 'Endocrinology', 'Neurology', 'General practice', 'Paediatrics', 'Oncology'],
    city: ['Kazan', 'Perm', 'Tomsk', 'Samara', 'Rostov-on-Don', 'Petropavlovsk-Kamchatsky'],
    workplace: [
      'City Hospital No. 7',
      'North Clinic',
      'Regional Heart Centre',
      'Clear Day Clinic',
      'Children’s Hospital No. 2',
    ],
  },
} as const

/** Return a spoken language's words; others read the English ones. */
function wordsOf(language: string) {
  return language === 'ru' ? NAMES.ru : NAMES.en
}

/** Return some doctors, each made of their number alone. */
export function doctors(language: string, count: number): Doctor[] {
  const words = wordsOf(language)
  // Steps that share no divisor with the lists, so that neighbours differ.
  const pick = (list: readonly string[], by: number) => list[by % list.length] ?? ''
  return Array.from({ length: count }, (_, place) => {
    const { family, given, father } = words.people[place % 3 === 1 ? 1 : 0]
    const turn = place + (place >> 3)
    return {
      id: `d${place}`,
      name: `${pick(family, turn * 5)} ${pick(given, turn * 3 + 1)} ${pick(father, turn * 7 + (place >> 5))}`,
      specialty: pick(words.specialty, turn * 5),
      city: pick(words.city, turn * 7 + (place >> 2)),
      workplace: pick(words.workplace, turn * 3),
      updated: new Date(Date.UTC(2026, 10, 20, 14) - place * 5_400_000).toISOString(),
      letters: (place * 37) % 211,
    }
  })
}

export function specialties(language: string): readonly string[] {
  return wordsOf(language).specialty
}
