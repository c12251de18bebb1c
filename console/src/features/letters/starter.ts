/** What a new letter begins with: a greeting, a place for the text, a button, the small print. */
import type { TFunction } from 'i18next'
import type { LetterContent } from '@/api/schema'

export function starter(t: TFunction, language: string, sender: string): LetterContent {
  return {
    subject: t('letters.starter.subject'),
    from_name: sender,
    language,
    fallbacks: { given_name: t('letters.starter.colleague') },
    blocks: [
      { kind: 'heading', level: 1, text: t('letters.starter.greeting', { name: '{{ given_name }}' }) },
      { kind: 'text', text: '' },
      { kind: 'button', text: t('letters.starter.button'), address: '' },
      { kind: 'footer', text: t('letters.starter.footer') },
    ],
  }
}
