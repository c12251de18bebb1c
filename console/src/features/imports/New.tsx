/** The first step: a file, where it comes from and whom it is about. */

import { FileExcelOutlined, InboxOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Progress, Segmented, Select, Upload } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { Problem } from '@/api/problem'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { WizardLayout } from '@/layouts/Wizard'
import { useFault } from '@/ui/faults'
import { useBases, useSources } from '@/ui/known'
import { useLeaving } from '@/ui/leaving'
import { Failure, NoRight } from '@/ui/states'
import './imports.css'
import { faultOf, KINDS, type Kind } from './file'
import { NewSource } from './NewSource'
import { useBegin } from './queries'
import { Saving } from './Saving'
import { STEPS } from './steps'

export function Screen() {
  return useMay('imports.edit') ? <New /> : <NoRight />
}

function New() {
  const { t, i18n } = useTranslation()
  const { size, share } = useFormat()
  const navigate = useNavigate()
  const known = useSources()
  const sources = known.data
  const say = useFault()
  const bases = useBases()
  const [file, setFile] = useState<File | null>(null)
  const [source, setSource] = useState<string>()
  const [kind, setKind] = useState<Kind>()
  const [sent, setSent] = useState(0)
  const begin = useBegin()
  const control = useRef<AbortController | null>(null)
  const last = useRef<{ file: File; source: string; kind: Kind; key: string } | null>(null)
  const fault = file ? faultOf(file) : null
  const titled = (key: string) => bases?.find((each) => each.key === key)?.title ?? key
  const of = sources?.find((each) => each.key === source)
  const whom: Kind = kind ?? (of?.kind as Kind | undefined) ?? 'hcp'
  const sending = begin.isPending
  const wrong =
    begin.error instanceof Problem ? begin.error.errors.find((each) => each.pointer === '/source') : undefined
  useLeaving(sending, t('imports.file.leave'), () => control.current?.abort())

  const start = () => {
    // Known at once, where the mutation tells it a moment later: the second press of an impatient one.
    if (!file || !source || fault || control.current) return
    control.current = new AbortController()
    setSent(0)
    // The same file sent again, such as after a broken connection, is the same import.
    const before = last.current
    const same = before?.file === file && before.source === source && before.kind === whom
    last.current = same ? before : { file, source, kind: whom, key: crypto.randomUUID() }
    begin.mutate(
      { ...last.current, told: setSent, signal: control.current.signal },
      {
        onSettled: () => {
          control.current = null
        },
      },
    )
  }
  const begun = begin.data?.import?.id
  useEffect(() => {
    if (begun) void navigate(`/base/imports/${begun}/columns`, { replace: true })
  }, [begun, navigate])
  const stopped = begin.error instanceof DOMException && begin.error.name === 'AbortError'
  return (
    <WizardLayout
      title={t('imports.wizard.new')}
      steps={STEPS.map((key) => ({ key, title: t(`imports.steps.${key}`), state: key === 'file' ? 'doing' : 'wait' }))}
      at="file"
      go={() => {}}
      actions={<Link to="/base/imports">{t('imports.wizard.all')}</Link>}
      foot={
        <>
          <span className="soft">
            {!file ? t('imports.file.first') : !source ? t('imports.file.second') : t('imports.file.nothingYet')}
          </span>
          <span className="import-acts">
            {sending ? <Button onClick={() => control.current?.abort()}>{t('imports.file.stop')}</Button> : null}
            {/* Stays where it is: the second press of an impatient one would otherwise stop what the first began. */}
            <Button type="primary" disabled={!file || !source || fault !== null} loading={sending} onClick={start}>
              {t('imports.file.send')}
            </Button>
          </span>
        </>
      }
    >
      <div className="import-new">
        <div>
          <Upload.Dragger
            accept=".xlsx,.xlsm,.xls,.csv,.txt,.tsv"
            maxCount={1}
            showUploadList={false}
            disabled={sending}
            beforeUpload={(chosen) => {
              setFile(chosen)
              begin.reset()
              return false
            }}
          >
            {file ? (
              <div className="import-file">
                <FileExcelOutlined aria-hidden />
                <strong>
                  <bdi>{file.name}</bdi>
                </strong>
                <span className="soft figure">{size(file.size)}</span>
                <span className="soft">{sending ? null : t('imports.file.another')}</span>
              </div>
            ) : (
              <div className="import-file">
                <InboxOutlined aria-hidden />
                <strong>{t('imports.file.drop')}</strong>
                <span className="soft">{t('imports.file.kinds')}</span>
              </div>
            )}
          </Upload.Dragger>
          {fault ? <Alert type="error" showIcon title={t(`imports.file.faults.${fault}`)} /> : null}
          {sending && file ? (
            <div role="status" className="import-sending">
              <Progress
                percent={(sent / Math.max(file.size, 1)) * 100}
                showInfo={false}
                status="active"
                aria-label={t('imports.file.sending')}
              />
              <span className="figure">
                {sent >= file.size
                  ? t('imports.file.sealing')
                  : t('imports.file.sent', { sent: size(sent), size: size(file.size), share: share(sent, file.size) })}
              </span>
            </div>
          ) : null}
          {begin.error && !stopped ? <Failure failure={begin.error} again={start} /> : null}
          {stopped ? <Alert type="info" showIcon title={t('imports.file.stopped')} /> : null}
        </div>
        <Form layout="vertical" className="paper" requiredMark={false} disabled={sending}>
          <Form.Item
            label={t('imports.file.source')}
            htmlFor="source"
            required
            help={wrong ? say(wrong) : undefined}
            extra={t('imports.file.sourceHelp')}
            validateStatus={wrong ? 'error' : undefined}
          >
            <Select
              id="source"
              showSearch={{ optionFilterProp: 'label' }}
              value={source}
              onChange={setSource}
              placeholder={t('imports.file.choose')}
              options={sources?.map((each) => ({ value: each.key, label: `${each.title} · ${titled(each.base)}` }))}
              loading={known.isPending}
            />
            {known.error && !sources ? (
              <Failure failure={known.error} again={() => void known.refetch()} small />
            ) : null}
            <NewSource bases={bases ?? []} made={(made) => setSource(made.key)} />
          </Form.Item>
          <Form.Item label={t('imports.file.kind')}>
            <Segmented<Kind>
              value={whom}
              onChange={setKind}
              options={KINDS.map((each) => ({ value: each, label: t(`imports.kinds.${each}`) }))}
            />
          </Form.Item>
          <Form.Item label={t('imports.file.template')} extra={t('imports.file.templateHelp')}>
            <Saving
              type="link"
              address={`/v1/import-template?kind=${whom}&language=${i18n.language}`}
              name={`${t('imports.file.templateName')}-${whom}.xlsx`}
            >
              {t(`imports.file.templates.${whom}`)}
            </Saving>
          </Form.Item>
        </Form>
      </div>
    </WizardLayout>
  )
}
