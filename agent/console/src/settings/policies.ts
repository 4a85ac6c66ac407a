// The policies and what each of their fields is, for one form that shows them all.
import type { Stored } from './api'
import { words } from './forms'

/** Dialling is what outside numbers a role may dial. */
export interface Dialling {
  role: string
  allow: string[]
}

export type Value = number | boolean | string | number[] | string[] | Dialling[]
export type Policy = Record<string, Value>
export type PolicyName = 'figures' | 'callback' | 'surge' | 'rest' | 'transfers' | 'credits' | 'abuse' | 'block_list'
export type Policies = Record<PolicyName, Stored<Policy>>

/** Field says how a value is typed; options are those of a choice. */
export interface Field {
  name: string
  type: 'number' | 'check' | 'choice' | 'time' | 'days' | 'dial_plan' | 'text' | 'words'
  options?: string[]
}

const number = (...names: string[]): Field[] => names.map((name) => ({ name, type: 'number' }))
const check = (...names: string[]): Field[] => names.map((name) => ({ name, type: 'check' }))

export const policyFields: Record<PolicyName, Field[]> = {
  figures: [
    ...number('answer_within_s', 'short_abandon_s', 'repeat_within_s', 'satisfied_to', 'answer_target_percent', 'within_target_percent'),
    { name: 'clock_start', type: 'choice', options: ['queued', 'arrived'] },
    { name: 'denominator', type: 'choice', options: ['offered', 'offered_without_short_abandons'] },
  ],
  callback: [
    ...number('attempts', 'every_s'),
    { name: 'from', type: 'time' },
    { name: 'to', type: 'time' },
    { name: 'days', type: 'days' },
    ...check('on', 'keep_place', 'short_too'),
  ],
  surge: [...number('wrap_up_s', 'callback_s'), ...check('on', 'widen', 'no_rating')],
  rest: number('most', 'share_percent', 'pending'),
  transfers: [
    ...number('emergency_ring_s', 'ring_s', 'blind_chain'),
    ...check('record_consult', 'record_handed_over'),
    { name: 'dial_plan', type: 'dial_plan' },
  ],
  credits: number('from_110', 'elderly', 'disabled', 'callback'),
  abuse: [...number('warnings', 'least_s', 'alert_at', 'alert_days'), ...check('hang_up')],
  block_list: [...number('most_days', 'review_days'), ...check('on'), { name: 'trusted', type: 'words' }, { name: 'notice', type: 'text' }],
}

export const policyNames = Object.keys(policyFields) as PolicyName[]

/** withDay is the days of the week, 1 Monday to 7 Sunday, with one more or less. */
export function withDay(days: number[], day: number, on: boolean): number[] {
  return [...days.filter((one) => one !== day), ...(on ? [day] : [])].sort()
}

/** dialling are the roles that sit at a telephone. */
export const dialling = ['agent', 'expert', 'supervisor']

/** allowed is what a role may dial, as it is typed. */
export const allowed = (plan: Dialling[], role: string) => plan.find((one) => one.role === role)?.allow.join(' ') ?? ''

/** withAllowed is the plan with what was typed for a role. */
export function withAllowed(plan: Dialling[], role: string, typed: string): Dialling[] {
  return dialling.map((one) => ({ role: one, allow: one === role ? words(typed) : (plan.find((old) => old.role === one)?.allow ?? []) }))
}
