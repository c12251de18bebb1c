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
    family: [
      'Абрамова',
      'Белинская',
      'Вересаев',
      'Горячева',
      'Дымов',
      'Ершова',
      'Жилин',
      'Зимина',
      'Ильинский',
      'Климова',
      'Лаптев',
      'Мухаметшина',
    ],
    given: ['Вера', 'Инна', 'Пётр', 'Ольга', 'Осип', 'Майя', 'Лев', 'Раиса', 'Глеб', 'Нина', 'Тимур', 'Айгуль'],
    father: [
      'Павловна',
      'Андреевна',
      'Ильич',
      'Сергеевна',
      'Степанович',
      'Юрьевна',
      'Маркович',
      'Олеговна',
      'Дмитриевич',
      'Романовна',
      'Игоревич',
      'Ринатовна',
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
    family: [
      'Abbot',
      'Bramley',
      'Carrow',
      'Dunmore',
      'Eastlake',
      'Fairweather',
      'Garland',
      'Hollis',
      'Inglewood',
      'Jessop',
      'Kestrel',
      'Lovelace',
    ],
    given: ['Vera', 'Ina', 'Peter', 'Olive', 'Osbert', 'Maya', 'Leo', 'Rosa', 'Giles', 'Nina', 'Timothy', 'Ada'],
    father: ['P.', 'A.', 'I.', 'S.', 'T.', 'J.', 'M.', 'O.', 'D.', 'R.', 'G.', 'N.'],
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
  const pick = (list: readonly string[], by: number) => list[by % list.length] ?? ''
  return Array.from({ length: count }, (_, place) => {
    const who = (place * 7) % 12
    return {
      id: `d${place}`,
      name: `${pick(words.family, who)} ${pick(words.given, who)} ${pick(words.father, who)}`,
      specialty: pick(words.specialty, place * 5 + (place >> 2)),
      city: pick(words.city, place * 3 + (place >> 3)),
      workplace: pick(words.workplace, place * 2 + (place >> 1)),
      updated: new Date(Date.UTC(2026, 10, 20, 14) - place * 5_400_000).toISOString(),
      letters: (place * 37) % 211,
    }
  })
}

export function specialties(language: string): readonly string[] {
  return wordsOf(language).specialty
}
