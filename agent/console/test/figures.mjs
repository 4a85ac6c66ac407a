// The page of figures in Chromium: found from the desk, live, by period and grouping, sorted, exported, empty and in
// trouble, with keys alone and in English; each is checked with axe. Usage: node test/figures.mjs [folder]; needs a
// built dist and Chromium.
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
const { figures } = gateway
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-background-networking'],
})
// The hotline's time is China's wherever the browser is.
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'America/New_York' })

async function shoot(page, name) {
  for (const [width, height] of [[1280, 800], [1440, 900]]) {
    await page.setViewportSize({ width, height })
    await page.waitForTimeout(150) // the chart takes its new size
    await page.screenshot({ path: `${folder}/${name}-${width}.png` })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight)
    assert.ok(!wide, `${name} at ${width}: the page scrolls`)
  }
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }))
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  assert.deepEqual(serious.map(({ id, nodes }) => `${name}: ${id} ${nodes.map((node) => node.target).join(' ')}`), [])
}

const desk = await context.newPage()
const loaded = []
desk.on('request', (request) => loaded.push(request.url()))
await desk.goto(gateway.address)
await desk.getByTestId('login-no').fill('8001')
await desk.getByTestId('login-password').fill('secret')
await desk.getByTestId('login-submit').click()
await desk.getByTestId('sign-in').click()
await desk.waitForSelector('[data-testid=state-label][data-state=not_ready]')
assert.deepEqual(loaded.filter((url) => /Figures/.test(url)), [], 'the desk loads nothing of this page')
const opened = context.waitForEvent('page')
await desk.getByTestId('open-figures').click()
const page = await opened
page.on('pageerror', (error) => assert.fail(`page error: ${error.message}`))
const at = (id) => page.getByTestId(id)
const total = (figure) => at('figures-total').locator(`[data-figure=${figure}]`).innerText()
const counts = async (figure) => (await page.locator(`[data-testid=figures-row] [data-figure=${figure}]`).allInnerTexts()).map(Number)
const settled = (when, by) => page.waitForFunction(([a, b]) => location.hash.endsWith(`/${a}/${b}`) && document.querySelector('[data-testid=figures-table]')?.dataset.by === b, [when, by])

// Now: what ends while one looks is counted within seconds, and the chart is there.
await at('figures-total').waitFor()
await page.locator('[data-testid=chart] canvas').waitFor()
assert.equal(await desk.getByTestId('taken-over').count(), 0, 'the desk goes on beside it')
const before = Number((await total('answered')).replace(',', ''))
figures.extra.push({ at: Date.now() - 1000, line: '人社服务热线', queue: 'expert_legal', agent: '8002', answered: true, why: '', n: 1, wait: 3, talk: 60, rating: 1 })
await page.waitForFunction((want) => document.querySelector('[data-testid=figures-total] [data-figure=answered]').innerText.replace(',', '') === String(want), before + 1, { timeout: 8000 })
assert.match(await at('age').innerText(), /\d 秒前/)
assert.match(await at('choices').innerText(), /15 秒[\s\S]*自进入队列起[\s\S]*人工请求量[\s\S]*不足 5 秒[\s\S]*接通率 ≥ 95\.00%/)
assert.match(await at('figures-row').nth(1).innerText(), /expert_legal 法律专家/)
const rate = at('figures-total').locator('[data-figure=within_rate]')
assert.match(await rate.innerText(), /% ✗/, 'a missed target has a sign beside its colour')
await shoot(page, '40-figures-now')
await at('sort-within_rate').focus()
await page.getByRole('tooltip').and(page.locator(':not(.unseen)')).waitFor()
await page.screenshot({ path: `${folder}/41-figures-definition.png` })
await page.keyboard.press('Escape')
assert.equal(await page.locator('[role=tooltip]:not(.unseen)').count(), 0)

// The gateway goes away: the figures say how old they are, and come back by themselves.
figures.failWith = [503, 'away']
await at('problem').waitFor()
await page.waitForSelector('[data-testid=age][data-stale=true]', { timeout: 15_000 })
await shoot(page, '42-figures-away')
figures.failWith = null
await at('problem').waitFor({ state: 'detached', timeout: 8000 })

// Yesterday by 5 minutes: the civil day of China, the latest on top, sorted by a figure with keys alone.
await at('when-yesterday').focus()
await page.keyboard.press('Space')
await at('by-5min').focus()
await page.keyboard.press('Space')
await settled('yesterday', '5min')
const midnight = Math.floor((Date.now() + 8 * 3600_000) / 86400_000) * 86400_000 - 8 * 3600_000
const asked = new URL(figures.asked.at(-1), 'http://x').searchParams
assert.deepEqual([asked.get('from'), asked.get('to')], [midnight - 86400_000, midnight].map((ms) => new Date(ms).toISOString()))
assert.equal(await at('figures-row').count(), 288)
assert.match(await at('figures-row').first().innerText(), /23:55/)
await at('sort-offered').focus()
await page.keyboard.press('Enter')
const falling = await counts('offered')
assert.deepEqual(falling, [...falling].sort((a, b) => b - a))
assert.equal(await page.locator('th[aria-sort=descending] button').innerText(), '人工请求量 ▼')
assert.equal(falling.reduce((sum, n) => sum + n, 0), Number((await total('offered')).replace(',', '')), 'the rows add up to the total')
await shoot(page, '43-figures-5min')

// The file is what is shown, in the order it is shown.
const coming = page.waitForEvent('download')
await at('export').click()
const file = readFileSync(await (await coming).path(), 'utf8').split('\r\n').map((text) => text.split(','))
assert.equal((await coming).suggestedFilename().slice(0, 13), 'figures-5min-')
const shownNames = await page.locator('[data-testid=figures-row] > th').allInnerTexts()
assert.deepEqual(file.slice(3, 291).map(([name, , offered]) => [name, Number(offered)]), shownNames.map((name, i) => [name, falling[i]]))
assert.equal(file[291][0], '合计')

// Seven days by 5 minutes come in pages; by agent with names; by day.
await at('when-week').check()
await at('page-rows').waitFor()
await at('page-next').click()
assert.match(await at('page-rows').innerText(), /第 301–600 行/)
await at('by-agent').check()
await settled('week', 'agent')
await page.getByText('8002 李明').waitFor()
await shoot(page, '44-figures-agents')
await at('by-day').check()
await settled('week', 'day')
assert.equal(await at('figures-row').count(), 7)
await shoot(page, '45-figures-days')

// One's own period, wrong and right, of one line; and one in which nobody called.
await at('when-custom').check()
await at('from').fill('2026-01-05T08:00')
await at('to').fill('2026-01-05T07:00')
assert.match(await at('period-fault').innerText(), /早于/)
assert.ok(await at('load').isDisabled())
await at('to').fill('2026-01-05T20:00')
await at('only-line').selectOption('人社服务热线')
await at('load').click()
await page.getByText('2026-01-05 08:00:00 至 2026-01-05 20:00:00').waitFor()
assert.deepEqual(Object.fromEntries(new URL(figures.asked.findLast((path) => path.includes('by=day')), 'http://x').searchParams),
  { from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T12:00:00.000Z', by: 'day', line: '人社服务热线', queue: '' })
figures.quiet = true
await at('load').click()
await at('empty').waitFor()
await shoot(page, '46-figures-empty')
figures.quiet = false

await at('when-now').check()
await at('by-line').check()
await settled('now', 'line')
await page.getByTestId('lang-switch').click()
await page.getByText('15-second rate', { exact: false }).first().waitFor()
await shoot(page, '47-figures-english')
await at('edit-choices').click()
await page.getByText('How calls are counted').waitFor()
await at('to-figures').click()
await at('figures-table').waitFor()

// Who has no seat and may not edit comes here at once, and finds nothing to edit.
gateway.account.roles = ['quality']
await desk.close()
await page.goto(gateway.address)
await page.reload()
await at('figures-table').waitFor()
assert.equal(await at('edit-choices').count(), 0)
gateway.signedIn = false
await page.getByTestId('login-no').waitFor({ timeout: 8000 })

await browser.close()
await gateway.stop()
console.log('ok  figures')
