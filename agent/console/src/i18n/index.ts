import { computed, ref } from 'vue'
import { localStorageOrNull } from '../draft'
import { en } from './en'
import { zh, type Key } from './zh'

export type Language = 'zh' | 'en'
export type { Key }

const stored = 'hotline.language'
const tables: Record<Language, Record<Key, string>> = { zh, en }

export const language = ref<Language>(localStorageOrNull()?.getItem(stored) === 'en' ? 'en' : 'zh')

export const otherLanguage = computed<Language>(() => (language.value === 'zh' ? 'en' : 'zh'))

export function setLanguage(to: Language) {
  language.value = to
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorageOrNull()?.setItem(stored, to)
  } catch {
    // the choice lasts as long as the page
  }
}

/** t is the text of key in the present language, with {name} replaced from values. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(tables[language.value][key], values)
}

/** fill replaces {name} in a text from values. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** named is the text of a code that the gateway chose, such as a reason; the code itself when it has no text. */
export function named(group: string, code: string): string {
  const key = `${group}.${code}`
  return key in zh ? t(key as Key) : code
}
