// What the forms of the settings page do with values: nothing here knows the page.
import type { AgentSkills, Bulletin, Line, Person, Queue, Stored } from './api'

export const modes = ['main', 'merged', 'dual', 'sub_centre', 'emergency', 'utility', 'region']
export const priorities = ['', 'from_110', 'elderly', 'disabled']
export const orders = ['longest_idle', 'least_occupied']
export const targets = ['queue', 'region', 'message']

export const newLine = (): Line => ({
  dnis: '', name: '', mode: 'dual', unit: '', queue: 'general', expert_queue: '', greeting: [], record: false, flow: '',
  priority: '', transition: { prompt: '', from: '', until: '' }, routes: [],
})

export const newQueue = (): Queue => ({
  name: '', title: '', needs: [], widen: [], order: 'longest_idle', last_agent_s: 0, ring_timeout_s: 20, wrap_up_s: 60,
  max_waiting: 0, overflow: [], announce_s: 30, callback_s: 60, tell_agent_no: true, rating: true,
})

export const newBulletin = (): Bulletin => ({ name: '', text: '', on: false, lines: [], queues: [] })

/** words are the parts of a list that is typed with spaces, commas or line ends between them. */
export const words = (text: string) => text.split(/[\s,，、]+/).filter(Boolean)

/** matching are the lines in which every word that is searched for occurs. */
export function matching(lines: Stored<Line>[], search: string, modeName: (mode: string) => string): Stored<Line>[] {
  const sought = words(search.toLowerCase())
  return lines.filter(({ setting: l }) => {
    const text = [l.dnis, l.name, l.unit, l.queue, l.expert_queue, modeName(l.mode)].join(' ').toLowerCase()
    return sought.every((word) => text.includes(word))
  })
}

export interface SkillRow extends Person {
  version: number
  group: string
  skills: Record<string, number>
}

/** matrix is everybody who may have skills, and those who have some without an account any more. */
export function matrix(people: Person[], stored: Stored<AgentSkills>[]): SkillRow[] {
  const known = new Map(stored.map((one) => [one.setting.agent, one]))
  const gone = [...known.keys()].filter((no) => !people.some((person) => person.no === no))
  return [...people, ...gone.map((no) => ({ no, name: '' }))].map(({ no, name }) => ({
    no, name, version: known.get(no)?.version ?? 0, group: known.get(no)?.setting.group ?? '', skills: { ...known.get(no)?.setting.skills },
  }))
}

const mostRows = 100 // each has a choice per skill

/** rowsFor are those whose number or name holds what is searched for, as many as a screen bears. */
export const rowsFor = (rows: SkillRow[], search: string) =>
  rows.filter(({ no, name, group }) => `${no} ${name} ${group}`.toLowerCase().includes(search.trim().toLowerCase())).slice(0, mostRows)

/** withLevel is the skills with one at another level; level 0 takes it away. */
export function withLevel(skills: Record<string, number>, skill: string, level: number): Record<string, number> {
  const { [skill]: _, ...others } = skills
  return level > 0 ? { ...others, [skill]: level } : others
}

export const sameSkills = (a: Record<string, number>, b: Record<string, number>) =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([skill, level]) => b[skill] === level)

const shift = 8 * 3600 * 1000 // China has one time zone, whatever this computer's is

/** localTime is an instant as a field for date and time shows it. */
export const localTime = (at?: string) => (at ? new Date(Date.parse(at) + shift).toISOString().slice(0, 16) : '')

/** instant is what was typed into such a field; undefined when empty. */
export const instant = (typed: string) => (typed ? new Date(Date.parse(`${typed}:00Z`) - shift).toISOString() : undefined)

/** copyOf is a setting to be edited. */
export const copyOf = <T>(setting: T): T => JSON.parse(JSON.stringify(setting)) as T
