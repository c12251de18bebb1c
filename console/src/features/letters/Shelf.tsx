/** Pictures that were uploaded before, newest first: one is taken, or deleted when no letter in use shows it. */
import { DeleteOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Picture } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { Shape } from '@/ui/Shape'
import { Nothing, Shown, useSentence } from '@/ui/states'
import { Moment } from '@/ui/words'
import { shownAt } from './pictures'

const PAGE = 24

export function Shelf({ take }: { take(address: string): void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" type="link" onClick={() => setOpen(true)}>
        {t('letters.shelf.button')}
      </Button>
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        title={t('letters.shelf.title')}
        footer={null}
        width={760}
        destroyOnHidden
      >
        <Pictures
          take={(address) => {
            setOpen(false)
            take(address)
          }}
        />
      </Modal>
    </>
  )
}

function Pictures({ take }: { take(address: string): void }) {
  const { t } = useTranslation()
  const found = useInfiniteQuery({
    queryKey: ['pictures'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET('/v1/pictures', { params: { query: { page_size: PAGE, page_token: pageParam } }, signal })),
    getNextPageParam: (page) => page.next_page_token || undefined,
    staleTime: 0,
  })
  return (
    <Shown found={found} shape={<Shape rows={4} />}>
      {({ pages }) => {
        const pictures = pages.flatMap((page) => page.items)
        if (!pictures.length) return <Nothing text={t('letters.shelf.none')} />
        return (
          <div className="stack">
            <ul className="shelf">
              {pictures.map((each) => (
                <One key={each.id} picture={each} take={take} />
              ))}
            </ul>
            {found.hasNextPage ? (
              <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
                {t('people.more')}
              </Button>
            ) : null}
          </div>
        )
      }}
    </Shown>
  )
}

function One({ picture, take }: { picture: Picture; take(address: string): void }) {
  const { t } = useTranslation()
  const { size, moment } = useFormat()
  const { message } = App.useApp()
  const sentence = useSentence()
  const queries = useQueryClient()
  const drop = async () => {
    try {
      await answer(api.DELETE('/v1/pictures/{picture}', { params: { path: { picture: picture.id } } }))
      await queries.invalidateQueries({ queryKey: ['pictures'] })
    } catch (failure) {
      const used = failure instanceof Problem && failure.code === 'PICTURE_IN_USE'
      void message.warning(used ? t('letters.shelf.used') : sentence(failure).title)
    }
  }
  return (
    <li>
      <button
        type="button"
        className="shelf-take"
        aria-label={t('letters.shelf.take', { time: moment(picture.create_time) })}
        onClick={() => take(picture.address)}
      >
        <img src={shownAt(picture.address)} alt="" loading="lazy" />
      </button>
      <span className="soft">
        <Moment time={picture.create_time} relative /> · {size(picture.size)}
      </span>
      <Popconfirm
        title={t('letters.shelf.dropping')}
        description={t('letters.shelf.droppingWhat')}
        okText={t('letters.shelf.drop')}
        onConfirm={drop}
      >
        <Button
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          aria-label={t('letters.shelf.dropNamed', { time: moment(picture.create_time) })}
        />
      </Popconfirm>
    </li>
  )
}
