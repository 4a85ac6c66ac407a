// The words of abusive calls, apart from the others.
import { fill, language } from '.'
import { abuseEn } from './abuse-en'
import { abuseZh, type AbuseKey } from './abuse-zh'

export type { AbuseKey }
const tables = { zh: abuseZh, en: abuseEn }

/** a is the text of key in the present language, with {name} replaced from values. */
export function a(key: AbuseKey, values: Record<string, string | number> = {}): string {
  return fill(tables[language.value][key], values)
}

/** aNamed is the text of a code that the gateway chose; the code itself when it has no text. */
export function aNamed(group: string, code: string): string {
  const key = `${group}.${code}`
  return key in abuseZh ? a(key as AbuseKey) : code
}
