/** Edit in place: what is wrong beside its field; when somebody else was quicker, both sides are shown. */

import { App, Button, Form } from 'antd'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type FieldProblem, Problem } from '@/api/problem'
import type { Attribute, PatchProfile, Profile } from '@/api/schema'
import { useSession } from '@/app/session'
import { useFault } from '@/ui/faults'
import { showIn } from '@/ui/fields'
import { useKeys } from '@/ui/keys'
import { useBases, useCatalogue } from '@/ui/known'
import { useLeaving } from '@/ui/leaving'
import { Shown } from '@/ui/states'
import { useSourceTitle } from '@/ui/terms'
import { readClient, useActs } from './acts'
import { Contacts } from './Contacts'
import { attributesFor, CONSOLE, type Form as Fields, formOf, patchOf, type Sides, sidesOf } from './edit'
import { AttributeFields, BaseField, ContactFields, PlaceFields } from './PersonFields'
import { Refused } from './Refused'
import { Stale } from './Stale'

export function Edit({ client, close }: { client: Profile; close(): void }) {
  const catalogue = useCatalogue()
  return <Shown found={catalogue}>{(known) => <Editing client={client} close={close} catalogue={known} />}</Shown>
}

interface Clash {
  patch: PatchProfile
  theirs: Profile
  sides: Sides[]
}

function Editing({ client, close, catalogue }: { client: Profile; close(): void; catalogue: readonly Attribute[] }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  // What the edit began from: later words of the server do not change what is being typed.
  const [base] = useState(client)
  const began = useMemo(() => formOf(base), [base])
  const shown = useMemo(() => attributesFor(base.kind, catalogue), [base, catalogue])
  const source = useSourceTitle()
  const say = useFault()
  const { change } = useActs()
  const { workspace } = useSession()
  const bases = useBases()
  // Whoever works in all bases says in whose an edit is, where that is not known by itself.
  const choosing = workspace === '*' && base.bases.length > 1
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [rest, setRest] = useState<readonly FieldProblem[]>([])
  const [clash, setClash] = useState<Clash | null>(null)
  useKeys([
    { key: 'Escape', word: t('clients.form.cancel'), act: () => (document.activeElement as HTMLElement)?.blur() },
  ])
  const [dirty, setDirty] = useState(false)
  const free = useLeaving(dirty, t('clients.edit.leave'))
  const leave = () => {
    free()
    close()
  }

  const written = () => {
    void message.success(t('clients.edit.done'))
    leave()
  }
  /** Show both sides; answers why that failed, if it did. */
  const laidBeside = (patch: PatchProfile) =>
    readClient(base.id).then(
      (theirs) => {
        const sides = sidesOf(patch, began, formOf(theirs))
        // The same on both sides is what was wanted, whoever wrote it.
        if (sides.every(({ mine, theirs }) => JSON.stringify(mine) === JSON.stringify(theirs))) written()
        else setClash({ patch, theirs, sides })
        return null
      },
      (failure: unknown) => failure,
    )
  const write = async (patch: PatchProfile, etag: string) => {
    setBusy(true)
    setFailure(null)
    setRest([])
    try {
      await change(base.id, etag, { ...patch, ...(choosing ? { base: form.getFieldValue('base') } : {}) })
      written()
    } catch (refusal) {
      const reason = refusal instanceof Problem && refusal.status === 412 ? await laidBeside(patch) : refusal
      if (reason === null) return
      setClash(null)
      const left = showIn(form, reason, say)
      setRest(left)
      setFailure(left.length || !(reason instanceof Problem && reason.errors.length) ? reason : null)
    } finally {
      setBusy(false)
    }
  }
  const save = (values: Fields) => {
    // Enter, unlike the button, can be pressed again while it is being written.
    if (busy) return
    const lost = shown
      .map((each) => each.key ?? '')
      .filter((key) => began.attributes[key] && !values.attributes[key]?.trim() && foreign(base, key))
    if (lost.length) {
      form.setFields(
        lost.map((key) => ({
          name: ['attributes', key] as never,
          errors: [t('clients.edit.foreign', { source: source(base.attributes[key]?.source ?? '') })],
        })),
      )
      form.scrollToField(['attributes', lost[0]], { focus: true, block: 'center' })
      return
    }
    const patch = patchOf(began, { ...began, ...values }, shown)
    if (patch) void write(patch, base.etag)
    else leave()
  }
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark
      initialValues={began}
      onFinish={save}
      onValuesChange={() => setDirty(true)}
      scrollToFirstError={{ focus: true }}
      className="stack editing"
    >
      <Section title={t('clients.data.personal')}>
        {choosing ? <BaseField bases={bases.filter((each) => base.bases.includes(each.key))} /> : null}
        <AttributeFields catalogue={shown} help={(key) => <Origin client={base} path={key} />} first />
      </Section>
      <Section title={t('clients.data.contacts')} note={t('clients.edit.contactsNote')}>
        <Contacts client={{ contacts: base.contacts.filter((contact) => contact.source !== CONSOLE) }} quiet />
        <ContactFields but={base.id} />
      </Section>
      <Section title={t('clients.tabs.places')} note={t('clients.edit.placesNote')}>
        <PlaceFields />
      </Section>
      <Refused rest={rest} failure={failure} />
      <div className="edit-foot">
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('clients.form.save')}
        </Button>
        <Button onClick={leave} disabled={busy}>
          {t('clients.form.cancel')}
        </Button>
      </div>
      {clash ? (
        <Stale
          {...clash}
          catalogue={shown}
          busy={busy}
          keep={(patch) => void write(patch, clash.theirs.etag)}
          give={leave}
          back={() => setClash(null)}
        />
      ) : null}
    </Form>
  )
}

/** Whether a value is somebody else's, so that the console can replace but not remove it. */
function foreign(client: Profile, key: string): boolean {
  const golden = client.attributes[key]
  return golden !== undefined && golden.source !== CONSOLE
}

function Origin({ client, path }: { client: Profile; path: string }) {
  const { t } = useTranslation()
  const source = useSourceTitle()
  const golden = client.attributes[path]
  return golden ? <bdi>{t('clients.from', { source: source(golden.source) })}</bdi> : null
}

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="paper">
      <h2>{title}</h2>
      {note ? <p className="soft">{note}</p> : null}
      {children}
    </section>
  )
}
