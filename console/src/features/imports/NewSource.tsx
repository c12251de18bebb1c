/** Name a source that files come from: its base, whom it holds, and how its people are told apart. */

import { PlusOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import type { Base, Source } from '@/api/schema'
import { useMay } from '@/app/session'
import { useSources } from '@/ui/known'
import { Failure } from '@/ui/states'
import { codeOf, KINDS } from './file'

interface Fields {
  title: string
  base: string
  kind: Source['kind']
  apart: keyof typeof APART
  confirms: string[]
}

/** What tells people of a source apart, as the source declares it. */
const APART = { name: ['full_name', 'phone'], number: ['external_id'], email: ['email'] } as const

export function NewSource({ bases, made }: { bases: readonly Base[]; made(source: Source): void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<Fields>()
  const queries = useQueryClient()
  const sources = useSources().data ?? []
  const create = useMutation({
    mutationFn: ({ title, base, kind, apart, confirms }: Fields) =>
      answer(
        api.POST('/v1/sources', {
          body: {
            key: codeOf(
              title,
              sources.map((each) => each.key),
            ),
            title: title.trim(),
            base,
            kind,
            key_columns: [...APART[apart]],
            confirms,
          },
        }),
      ),
    onSuccess: async (source) => {
      await queries.invalidateQueries({ queryKey: ['sources'] })
      made(source)
      setOpen(false)
      form.resetFields()
    },
    meta: { shown: true },
  })
  if (!useMay('catalogue.manage') || bases.length === 0) return null
  return (
    <>
      <Button type="link" size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
        {t('imports.source.new')}
      </Button>
      <Modal
        open={open}
        title={t('imports.source.new')}
        okText={t('imports.source.make')}
        confirmLoading={create.isPending}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          onFinish={(fields) => create.mutate(fields)}
          initialValues={{ base: bases[0]?.key, kind: 'hcp', apart: 'name', confirms: [] }}
        >
          <Form.Item
            name="title"
            label={t('imports.source.title')}
            rules={[{ required: true, whitespace: true, message: t('imports.source.titleMissing') }]}
          >
            <Input maxLength={200} placeholder={t('imports.source.titleExample')} />
          </Form.Item>
          <Form.Item name="base" label={t('imports.source.base')}>
            <Select options={bases.map((each) => ({ value: each.key, label: each.title }))} />
          </Form.Item>
          <Form.Item name="kind" label={t('imports.file.kind')}>
            <Radio.Group options={KINDS.map((each) => ({ value: each, label: t(`imports.kinds.${each}`) }))} />
          </Form.Item>
          <Form.Item name="apart" label={t('imports.source.apart')} extra={t('imports.source.apartHelp')}>
            <Radio.Group
              vertical
              options={Object.keys(APART).map((each) => ({ value: each, label: t(`imports.source.aparts.${each}`) }))}
            />
          </Form.Item>
          <Form.Item name="confirms" label={t('imports.source.confirms')}>
            <Checkbox.Group
              options={['email', 'phone'].map((each) => ({ value: each, label: t(`imports.targets.${each}`) }))}
            />
          </Form.Item>
        </Form>
        {create.error ? <Failure failure={create.error} small /> : null}
      </Modal>
    </>
  )
}
