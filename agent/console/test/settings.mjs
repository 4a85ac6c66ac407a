// The settings page in Chromium: found from the desk, a line edited against a rival, a file imported, a bulletin
// switched; each section is checked with axe. Usage: node test/settings.mjs [folder]; needs a built dist and Chromium.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { FakeGateway } from './fake/gateway.mjs'

const folder = process.argv[2] ?? new URL('../../../build/screens', import.meta.url).pathname
const root = new URL('../dist/', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
mkdirSync(folder, { recursive: true })

const gateway = await new FakeGateway({ root, heartbeat: 2, roles: ['supervisor', 'administrator'] }).start()
const { settings } = gateway
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-background-networking'],
})
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })

async function shoot(page, name) {
  await page.screenshot({ path: `${folder}/${name}.png` })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }))
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  assert.deepEqual(serious.map(({ id, nodes }) => `${name}: ${id} ${nodes.map((node) => node.target).join(' ')}`), [])
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  assert.ok(!wide, `${name}: the page scrolls sideways`)
}

const desk = await context.newPage()
await desk.goto(gateway.address)
await desk.getByTestId('login-no').fill('8001')
await desk.getByTestId('login-password').fill('secret')
await desk.getByTestId('login-submit').click()
await desk.getByTestId('sign-in').click()
await desk.waitForSelector('[data-testid=state-label][data-state=not_ready]')
const opened = context.waitForEvent('page')
await desk.getByTestId('open-settings').click()
const page = await opened
page.on('pageerror', (error) => assert.fail(`page error: ${error.message}`))
page.on('dialog', (dialog) => dialog.accept())
const at = (id) => page.getByTestId(id)

await at('line-row').first().waitFor()
assert.equal(await desk.getByTestId('taken-over').count(), 0, 'the desk goes on beside it')
await desk.setViewportSize({ width: 1280, height: 800 })
assert.ok(await desk.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the top bar fits a small screen')
await shoot(page, '30-settings-lines')
await at('lines-search').fill('价格')
assert.equal(await at('line-row').count(), 1)
await at('lines-search').fill('')

await at('edit-12333').click()
settings.put('lines', '12333', { ...settings.rows.lines.get('12333').setting, name: '别人改的' }, '9003')
await at('line-name').fill('我改的')
await at('save').click()
await page.waitForSelector('[data-testid=problem][data-kind=conflict]')
assert.match(await at('problem').innerText(), /9003/)
await shoot(page, '31-settings-conflict')
await at('reload').click()
await page.getByText('别人改的').waitFor()
await at('edit-12333').click()
await at('line-name').fill('我改的')
await at('save').click()
await at('form').waitFor({ state: 'detached' })
assert.equal(settings.rows.lines.get('12333').setting.name, '我改的')

await at('line-new').click()
await at('line-dnis').fill('abc')
await at('line-name').fill('错')
await at('save').click()
await page.waitForSelector('[data-testid=fault]')
assert.match(await at('fault').innerText(), /abc.*不是电话号码/)
await at('cancel').click()

const csv = (text) => ({ name: 'lines.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
await at('lines-file').setInputFiles(csv('dnis,mode\nx,blue\n'))
await page.waitForSelector('[data-testid=fault]')
assert.match(await at('fault').innerText(), /第 3 行/)
await at('lines-file').setInputFiles(csv('dnis\n12345\n'))
await at('import-plan').waitFor()
assert.deepEqual(settings.imported, [])
await shoot(page, '32-settings-import')
await at('import-do').click()
await at('imported').waitFor()
assert.deepEqual(settings.imported, ['r1'])

await at('section-queues').click()
await at('edit-expert_legal').click()
await at('queue-wrap_up_s').fill('30')
await shoot(page, '33-settings-queue')
await at('save').click()
await at('form').waitFor({ state: 'detached' })
assert.equal(settings.rows.queues.get('expert_legal').setting.wrap_up_s, 30)
await at('edit-general').click()
await at('remove').click()
await page.waitForSelector('[data-testid=problem][data-kind=in_use]')
assert.match(await at('problem').innerText(), /3 人正在排队.*12333/)

await at('section-agents').click()
await at('level-8002-legal').selectOption('7')
await shoot(page, '34-settings-agents')
await at('save-8002').click()
await at('save-8002').waitFor({ state: 'detached' })
assert.deepEqual(settings.rows.agents.get('8002').setting, { agent: '8002', group: '', skills: { legal: 7 } })

await at('section-bulletins').click()
await at('switch-storm').click()
await page.waitForSelector('[data-testid=switch-storm][aria-checked=true]')
await at('surge').click()
await page.waitForSelector('[data-testid=surge][aria-checked=true]')
assert.ok(settings.rows.bulletins.get('storm').setting.on && settings.policies.surge.setting.on)
await at('edit-storm').click()
await at('bulletin-text').fill('已恢复供水。')
await shoot(page, '35-settings-bulletins')
await at('save').click()
await page.getByText('已恢复供水。').waitFor()
await at('section-policies').click()
await at('figures-answer_within_s').fill('20')
settings.policies.figures = settings.stored({ ...settings.policies.figures.setting, short_abandon_s: 7 }, '9003')
await at('save-figures').click()
await page.waitForSelector('[data-testid=problem][data-kind=conflict]')
await shoot(page, '36-settings-policies')
await at('reload').click()
await page.waitForFunction(() => document.querySelector('[data-testid=figures-short_abandon_s]')?.value === '7')
await at('figures-answer_within_s').fill('20')
await at('save-figures').click()
await at('problem').waitFor({ state: 'detached' })
await page.getByText('8001 ·').first().waitFor()
assert.deepEqual([settings.policies.figures.setting.answer_within_s, settings.policies.figures.setting.short_abandon_s], [20, 7])

await at('dial-plan-agent').fill('95519，1[')
await at('save-transfers').click()
await page.getByText('转接 · 可拨外部号码 agent 2 · “1[”不是号码模式').waitFor()
await shoot(page, '38-settings-dial-plan')
await at('dial-plan-agent').fill('95519 0ZXX!')
await at('save-transfers').click()
await at('problem').waitFor({ state: 'detached' })
assert.deepEqual(settings.policies.transfers.setting.dial_plan[0], { role: 'agent', allow: ['95519', '0ZXX!'] })

await page.getByTestId('lang-switch').click()
await page.getByText('Hotline settings').waitFor()
await shoot(page, '37-settings-english')

await browser.close()
await gateway.stop()
console.log('ok  settings')
