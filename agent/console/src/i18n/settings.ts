// The words of the settings page, apart from the others so that desks need not load them.
import { fill, language } from '.'
import { settingsEn } from './settings-en'
import { settingsZh, type SettingsKey } from './settings-zh'

export type { SettingsKey }
const tables = { zh: settingsZh, en: settingsEn }

/** s is the text of key in the present language, with {name} replaced from values. */
export function s(key: SettingsKey, values: Record<string, string | number> = {}): string {
  return fill(tables[language.value][key], values)
}

/** sNamed is the text of a code that the gateway chose; the code itself when it has no text. */
export function sNamed(group: string, code: string): string {
  const key = `${group}.${code || 'none'}`
  return key in settingsZh ? s(key as SettingsKey) : code
}
