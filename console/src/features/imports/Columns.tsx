/** What each column of the file is taken as, with the first rows under it and how good it is. */

import { Select, Table, Tooltip } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ColumnMapping, ColumnQuality, Import } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { useCatalogue } from '@/ui/known'
import { Label } from '@/ui/words'
import { useQuality, useRows } from './queries'
import { addedTargets, GROUPS } from './targets'
import { useTargetWord } from './useTargetWord'

const SAMPLE = 3

interface Props {
  found: Import
  /** Meaning by column, as it is on the screen. */
  choice: Readonly<Record<string, string>>
  /** Absent when it cannot be changed. */
  choose?(column: string, target: string): void
}

interface Line extends ColumnMapping {
  place: number
  quality?: ColumnQuality
  sample: string[]
}

export function Columns({ found, choice, choose }: Props) {
  const { t } = useTranslation()
  const word = useTargetWord()
  const catalogue = useCatalogue().data
  const quality = useQuality(found.id).data
  const rows = useRows(found.id, {}, SAMPLE).data?.pages[0]?.items
  const lines: Line[] = found.mapping.map((each, place) => ({
    ...each,
    place,
    quality: quality?.columns.find((column) => column.column === each.column),
    sample: rows?.map((row) => row.cells[place]?.value ?? '').filter(Boolean) ?? [],
  }))
  const options = useMemo(() => {
    const added = addedTargets(catalogue ?? [], found.kind)
    const groups = GROUPS.map((group) => ({
      label: t(`imports.groups.${group.key}`),
      options: [
        ...group.targets.map((target) => ({ value: target, label: word(target) })),
        ...(group.key === 'attribute' ? added.map((each) => ({ value: each.key ?? '', label: each.title })) : []),
      ],
    }))
    return [{ value: '', label: t('imports.columns.leftOut') }, ...groups]
  }, [catalogue, found.kind, t, word])
  return (
    <Table<Line>
      className="import-mapping paper"
      size="small"
      rowKey="column"
      pagination={false}
      dataSource={lines}
      tableLayout="fixed"
      columns={[
        {
          title: t('imports.columns.column'),
          key: 'column',
          width: '18%',
          render: (_, line) => (
            <strong className="import-mapping-column" title={line.column}>
              <bdi>{line.column}</bdi>
            </strong>
          ),
        },
        {
          title: t('imports.columns.sample'),
          key: 'sample',
          render: (_, line) => (
            <div className="import-mapping-sample">
              {line.sample.map((value, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the first rows keep their places
                <bdi key={place} title={value.slice(0, 300)}>
                  {value.slice(0, 80)}
                </bdi>
              ))}
            </div>
          ),
        },
        {
          title: t('imports.columns.target'),
          key: 'target',
          width: 232,
          render: (_, line) =>
            choose ? (
              <Select
                className="import-mapping-target"
                showSearch={{ optionFilterProp: 'label' }}
                value={choice[line.column] ?? ''}
                options={options}
                onChange={(target) => choose(line.column, target)}
                aria-label={t('imports.columns.targetOf', { column: line.column })}
              />
            ) : line.target ? (
              word(line.target)
            ) : (
              <span className="soft">{t('imports.columns.leftOut')}</span>
            ),
        },
        {
          title: t('imports.columns.origin'),
          key: 'origin',
          width: 120,
          render: (_, line) => <Origin line={line} changed={(choice[line.column] ?? line.target) !== line.target} />,
        },
        {
          title: t('imports.columns.quality'),
          key: 'quality',
          width: 152,
          render: (_, line) => (line.quality && line.target ? <Bar quality={line.quality} /> : null),
        },
      ]}
    />
  )
}

function Origin({ line, changed }: { line: ColumnMapping; changed: boolean }) {
  const { t } = useTranslation()
  if (changed) return <Label kind="act">{t('imports.origins.now')}</Label>
  if (!line.target || !line.origin) return null
  return (
    <Tooltip title={t(`imports.originsWhy.${line.origin}`)}>
      <span className="soft">{t(`imports.origins.${line.origin}`)}</span>
    </Tooltip>
  )
}

const PARTS = ['ok', 'corrected', 'invalid', 'empty'] as const

function Bar({ quality }: { quality: ColumnQuality }) {
  const { t } = useTranslation()
  const { number, share } = useFormat()
  const all = PARTS.reduce((sum, part) => sum + quality[part], 0)
  const text = PARTS.filter((part) => quality[part] > 0).map(
    (part) => `${t(`imports.quality.${part}`)}: ${number(quality[part])}`,
  )
  const filled = all - quality.empty
  return (
    <Tooltip title={text.join(' · ')}>
      <div className="cells-bar" role="img" aria-label={text.join(', ')}>
        <div>
          {PARTS.map((part) =>
            quality[part] > 0 ? <i key={part} className={`cells-${part}`} style={{ flexGrow: quality[part] }} /> : null,
          )}
        </div>
        <small className="figure soft">
          {quality.invalid > 0
            ? t('imports.columns.invalid', { count: quality.invalid, number: number(quality.invalid) })
            : t('imports.columns.filled', { share: share(filled, all) })}
        </small>
      </div>
    </Tooltip>
  )
}
