// The words of the page of figures, apart from the others so that desks need not load them.
import { fill, language } from '.'
import { length } from '../figures/choices'
import type { Choices, Figure } from '../figures/api'
import { figuresEn } from './figures-en'
import { termsEn } from './figures-terms-en'
import { figuresZh, type FiguresKey } from './figures-zh'

export type { FiguresKey }
const tables = { zh: figuresZh, en: figuresEn }

/** f is the text of key in the present language, with {name} replaced from values. */
export function f(key: FiguresKey, values: Record<string, string | number> = {}): string {
  return fill(tables[language.value][key], values)
}

/** figuresWord is a figure's label and definition: in Chinese as the gateway tells them, otherwise the same in English. */
export function figuresWord(figure: Figure, set: Choices): { label: string; definition: string } {
  const term = language.value === 'en' ? termsEn[figure.name] : undefined
  if (!term) return figure
  const without = set.denominator === 'offered_without_short_abandons'
  const values = {
    n: set.answer_within_s, short: set.short_abandon_s, satisfied: set.satisfied_to, repeat: length(set.repeat_within_s),
    clock: f(`clock.${set.clock_start}`), out: without ? '(offered − short abandons)' : 'offered',
    less: without ? '; short abandons are left out' : '',
  }
  return { label: fill(term[0], values), definition: fill(term[1], values) }
}
