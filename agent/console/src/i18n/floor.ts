// The words of the supervisor's page, apart from the others so that agents need not load them.
import { fill, language } from '.'
import { floorEn } from './floor-en'
import { floorZh, type FloorKey } from './floor-zh'

export type { FloorKey }
const tables = { zh: floorZh, en: floorEn }

/** f is the text of key in the present language, with {name} replaced from values. */
export function f(key: FloorKey, values: Record<string, string | number> = {}): string {
  return fill(tables[language.value][key], values)
}

/** fNamed is the text of a code that the gateway chose; the code itself when it has no text. */
export function fNamed(group: string, code: string): string {
  const key = `${group}.${code}`
  return key in floorZh ? f(key as FloorKey) : code
}
