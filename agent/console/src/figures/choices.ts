// The settings behind the figures, in words.
import { f } from '../i18n/figures'
import type { Choices } from './api'

export interface Choice {
  name: keyof Choices
  label: string
  value: string
}

/** choicesOf is each choice with its name and what was chosen. */
export function choicesOf(set: Choices): Choice[] {
  const values: Record<keyof Choices, string> = {
    answer_within_s: f('seconds', { n: set.answer_within_s }),
    clock_start: f(`clock.${set.clock_start}`),
    denominator: f(`denominator.${set.denominator}`),
    short_abandon_s: f('choice.under', { n: set.short_abandon_s }),
    repeat_within_s: length(set.repeat_within_s),
    satisfied_to: f('choice.grades', { n: set.satisfied_to }),
  }
  return (Object.keys(values) as (keyof Choices)[]).map((name) => ({ name, label: f(`choice.${name}`), value: values[name] }))
}

/** length is whole days, hours or minutes, as the gateway's definitions say it. */
export function length(seconds: number): string {
  if (seconds > 86400 && seconds % 86400 === 0) return f('days', { n: seconds / 86400 })
  return seconds % 3600 === 0 ? f('hours', { n: seconds / 3600 }) : f('minutes', { n: Math.floor(seconds / 60) })
}
