/**
 * What the pictures show: the demo base and its story as they stand, and the few things that the story leaves out (a
 * file that waits, a campaign that is being written), made once and found again. Only invented people.
 */
import { asSystem } from '../browser/house'

export interface Stage {
  /** A person who read a letter of the story. */
  client: string
  segment: string
  /** The campaign of the story, done. */
  campaign: string
  /** A campaign that is being written. */
  draft: string
  letter: string
  /** The largest file that was taken. */
  taken: string
  /** A file that was read and waits for a decision. */
  waiting: string
  /** The clock of the pictures, an hour from now: what has just been made is an hour old on every machine. */
  now: Date
}

const SOURCE = 'autumn-seminar'
const DRAFT = 'Зимняя школа педиатров'
const HOUR = 3_600_000
const FATHERS = ['Олеговна', 'Ивановна', 'Павловна', 'Игоревна', 'Львовна']
const NAMES = ['Анна', 'Ирина', 'Ольга', 'Елена', 'Мария', 'Дарья', 'Светлана', 'Наталья']
const FAMILIES = ['Верескова', 'Липова', 'Осинина', 'Кленова', 'Рябинина', 'Ивова', 'Берёзкина', 'Ольхова', 'Дубова']
const WORK = ['педиатр', 'кардиолог', 'терапевт', 'дет. врач', 'невролог-педиатор', 'кардиолог']

const LETTER = {
  subject: 'Зимняя школа педиатров: {{ given_name }}, приглашаем',
  preheader: 'Два дня разборов с практикующими врачами',
  from_name: 'Сеть клиник «Рассвет»',
  language: 'ru',
  fallbacks: { given_name: 'коллега' },
  blocks: [
    { kind: 'heading', level: 1, text: 'Здравствуйте, {{ given_name }}!' },
    {
      kind: 'text',
      text: 'Приглашаем вас на **зимнюю школу педиатров**: два дня разборов трудных случаев.\n\n- вирусные инфекции у детей\n- кашель, который не проходит\n- разговор с тревожными родителями',
    },
    { kind: 'button', text: 'Записаться', address: 'https://seminar.consilium.example/winter-school' },
    { kind: 'divider' },
    { kind: 'footer', text: 'Сеть клиник «Рассвет», Москва. Вы согласились получать наши новости.' },
  ],
}

/** A list of participants as people send it: mistyped domains, an unknown specialty, a phone too short, an empty row. */
function participants(rows = 240): string {
  const lines = Array.from({ length: rows }, (_, place) => {
    if (place === 17) return ';;;;'
    const [family, given] = [FAMILIES[place % FAMILIES.length], NAMES[place % NAMES.length]]
    const name = `${family} ${given} ${FATHERS[place % FATHERS.length]}`
    const phone = place % 31 === 5 ? '+7 916 55' : `+7 916 ${String(2_000_000 + place * 7919).slice(0, 7)}`
    const domain = place % 11 === 3 ? 'gmial.com' : 'clinic.example'
    return [name, phone, `participant${place}@${domain}`, WORK[place % WORK.length], 'да'].join(';')
  })
  return `\ufeffФИО;Телефон;E-mail;Специальность;Участие очно\n${lines.join('\n')}\n`
}

/** Find what the story left, and make what it did not. */
export async function set(): Promise<Stage> {
  const ask = await asSystem()
  const listed = async (path: string) => (await ask('GET', path)).items
  const [story] = (await listed('/v1/campaigns?state=done&page_size=50')).sort(
    (one: Known, other: Known) => (other.progress?.outcomes.delivered ?? 0) - (one.progress?.outcomes.delivered ?? 0),
  )
  if (!story) throw new Error('no campaign is done: play the story first (make run)')
  const read = await listed(`/v1/campaigns/${story.id}/messages?mark=clicked&page_size=1`)
  const taken = (await listed('/v1/imports?state=committed&page_size=50')).sort(
    (one: Known, other: Known) => (other.counts?.rows ?? 0) - (one.counts?.rows ?? 0),
  )
  const { settings } = story
  return {
    client: read[0].profile,
    segment: settings.segment,
    campaign: story.id,
    draft: await draftOf(settings),
    letter: settings.template,
    taken: taken[0].id,
    waiting: await waitingFile(ask),
    now: new Date(Date.now() + HOUR),
  }
}

type Ask = Awaited<ReturnType<typeof asSystem>>
interface Settings {
  name: string
  controller: string
}
interface Known {
  progress?: { outcomes: Record<string, number> }
  counts?: { rows: number }
}

/** A campaign that is being written, with a letter of blocks. */
async function draftOf(like: Settings): Promise<string> {
  const ask = await asSystem(like.controller)
  const drafts = (await ask('GET', '/v1/campaigns?state=draft&page_size=100')).items
  const known = drafts.find((each: { settings: Settings }) => each.settings.name === DRAFT)
  if (known) return known.id
  const letter = await ask('POST', '/v1/templates', { name: DRAFT, channel: 'email', draft: LETTER })
  await ask('POST', `/v1/templates/${letter.id}:publish`)
  return (await ask('POST', '/v1/campaigns', { ...like, name: DRAFT, template: letter.id })).id
}

async function waitingFile(ask: Ask): Promise<string> {
  const [known] = (await ask('GET', `/v1/imports?source=${SOURCE}&state=ready`)).items
  if (known) return known.id
  const sources = (await ask('GET', '/v1/sources')).items
  if (!sources.some((each: { key: string }) => each.key === SOURCE)) {
    const key_columns = ['full_name', 'phone']
    await ask('POST', '/v1/sources', {
      key: SOURCE,
      title: 'Осенний семинар',
      base: 'main',
      kind: 'hcp',
      country: 'RU',
      key_columns,
    })
  }
  const form = new FormData()
  form.set('source', SOURCE)
  form.set('kind', 'hcp')
  form.set('file', new Blob([participants()], { type: 'text/csv' }), 'participants.csv')
  const { import: begun } = await ask('POST', '/v1/imports', form)
  await ended(ask, `/v1/imports/${begun.id}`, (found) => found.state === 'ready')
  const tried = await ask('POST', `/v1/imports/${begun.id}:dryRun`)
  await ended(ask, `/v1/operations/${tried.id}`, (found) => found.done)
  return begun.id
}

async function ended(ask: Ask, path: string, check: (found: Awaited<ReturnType<Ask>>) => boolean): Promise<void> {
  for (let left = 120; left > 0; left -= 1) {
    if (check(await ask('GET', path))) return
    await new Promise((go) => setTimeout(go, 500))
  }
  throw new Error(`${path} does not come to its end`)
}
