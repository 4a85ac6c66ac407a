import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import schema from '../../../gateway/push/schema.json'
import { en } from '../src/i18n/en'
import { zh } from '../src/i18n/zh'

const sources = filesIn('src').filter((file) => !file.includes('i18n') && !file.includes('generated'))

function filesIn(folder: string): string[] {
  const root = `${import.meta.dirname}/../${folder}`
  const names = readdirSync(root, { recursive: true }) as string[]
  return names.filter((name) => /\.(ts|vue)$/.test(name)).map((name) => `${root}/${name}`)
}

it('says everything in both languages', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  const empty = Object.entries({ ...zh, ...en }).filter(([, text]) => text.trim() === '')
  expect(empty).toEqual([])
})

it('fills the same gaps in both languages', () => {
  const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
  for (const [key, text] of Object.entries(zh)) expect([key, gaps(en[key as keyof typeof zh])]).toEqual([key, gaps(text)])
})

it('keeps every word out of the components', () => {
  for (const file of sources) {
    const code = readFileSync(file, 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
    expect([file, code.match(/[\u4e00-\u9fff]+/)?.[0]]).toEqual([file, undefined])
  }
})

it('has words for every code the gateway may send', () => {
  const codes: [string, string[]][] = [
    ['state', schema.$defs.AgentState.enum],
    ['error', schema.$defs.ErrorCode.enum],
    ['result', schema.$defs.CallResult.enum],
    ['call.ended', schema.$defs.Party.enum],
    ['phase', schema.$defs.DeskCall.properties.phase.enum],
    ['kind', schema.$defs.DeskCall.properties.number_kind.enum],
    ['disposition', schema.$defs.WrapUpArgs.properties.disposition.enum.filter(Boolean)],
  ]
  for (const [group, names] of codes) for (const name of names) expect(zh).toHaveProperty([`${group}.${name}`])
})
