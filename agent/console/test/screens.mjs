// Takes a picture of every phase of the page, against the small gateway in fake/, and checks each with axe.
// Usage: node test/screens.mjs [folder]; needs a built dist and Chromium.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { FakeGateway } from './fake/gateway.mjs'

const folder = process.argv[2] ?? new URL('../../../build/screens', import.meta.url).pathname
const root = new URL('../dist/', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
mkdirSync(folder, { recursive: true })

const gateway = await new FakeGateway({ root, heartbeat: 2 }).start()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-background-networking'],
})
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: false })
const page = await context.newPage()
let faults = 0
page.on('pageerror', (error) => complain(`page error: ${error.message}`))
page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`))

const at = (id) => page.getByTestId(id)

function complain(text) {
  faults++
  console.error(text)
}

async function shoot(name) {
  await page.waitForTimeout(350)
  for (const [width, height] of [[1440, 900], [1280, 800]]) {
    await page.setViewportSize({ width, height })
    await page.waitForTimeout(120)
    await page.screenshot({ path: `${folder}/${name}-${width}.png` })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight)
    if (wide) complain(`${name} at ${width}: the page scrolls`)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.waitForTimeout(350) // transitions that the new size began
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }))
  for (const { id, impact, nodes } of violations) {
    const text = `${name}: axe ${impact} ${id}: ${nodes.map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? ''})`).join(', ')}`
    if (impact === 'serious' || impact === 'critical') complain(text)
    else console.log(text)
  }
}

const day = 24 * 3600
const history = [
  { id: 'a', at: gateway.now(-2 * 3600), line: '12345', agent: '8007', result: 'answered', talk_seconds: 268, disposition: 'consultation', note: '咨询社保卡遗失补办所需材料，已告知携带身份证到就近网点办理，办理时限 5 个工作日。' },
  { id: 'b', at: gateway.now(-3 * day), line: '12333', agent: '', result: 'abandoned', talk_seconds: 0, disposition: '', note: '' },
  { id: 'c', at: gateway.now(-12 * day), line: '12345', agent: '8013', result: 'answered', talk_seconds: 512, disposition: 'complaint', note: '反映小区门口路灯不亮。<script>alert(1)</script>' },
  { id: 'd', at: gateway.now(-400 * day), line: '12345', agent: '8002', result: 'lost_system', talk_seconds: 0, disposition: '', note: '' },
]

await page.goto(gateway.address)
await at('login-no').waitFor()
await shoot('01-login')
await at('login-no').fill('8001')
await at('login-password').fill('wrong')
await at('login-submit').click()
await at('login-error').waitFor()
await shoot('02-login-error')
await at('login-password').fill('secret')
await at('login-submit').click()
await at('sign-in').waitFor()
await shoot('03-sign-in')
gateway.sip.refuse = 100
gateway.tick('link', { asterisk: false })
await at('sign-in').click()
await page.waitForSelector('[data-testid=selfcheck-phone][data-state=bad]', { timeout: 15000 })
await shoot('04-selfcheck-bad')
gateway.sip.refuse = 0
gateway.tick('link', { asterisk: true })
await at('sign-in').click()
await page.waitForSelector('[data-testid=state-label][data-state=not_ready]', { timeout: 15000 })
await shoot('05-not-ready')
await at('state-menu').click()
await at('state-ready').waitFor()
await shoot('06-state-menu')
await at('state-ready').click()
await page.waitForSelector('[data-testid=state-label][data-state=ready]')
gateway.tick('queue', { waiting: 7, longest_since: gateway.now(-41), ready: 3, busy: 9 })
await at('state-ready').waitFor({ state: 'hidden' })
await shoot('07-ready')
gateway.ring()
await at('ringing-strip').waitFor()
await shoot('08-ringing')
await at('refuse').click()
await at('refuse-other').waitFor()
await shoot('09-refuse-menu')
await page.keyboard.press('Escape')
gateway.history(history)
gateway.answered()
await page.waitForSelector('[data-testid=phase][data-phase=talking]')
await at('disposition-complaint').click()
await at('note').fill('来电人反映人民路与建设街交叉口信号灯故障，早高峰拥堵严重，希望尽快维修。\n联系人：王先生，电话同来电。\n已告知将转交城管部门，5 个工作日内回复。')
await page.waitForSelector('[data-testid=save-state][data-state=saved]')
await shoot('10-talking')
await at('mute').click()
await page.waitForSelector('[data-testid=mute][data-on=true]')
await at('hold').click()
await page.waitForSelector('[data-testid=phase][data-phase=held]')
await shoot('11-held-muted')
gateway.unreachable = true
gateway.refuseTickets = true
gateway.cut()
await at('offline-banner').waitFor()
await shoot('12-offline')
gateway.unreachable = false
gateway.refuseTickets = false
await at('offline-banner').waitFor({ state: 'detached' })
await at('mute').click()
await at('resume').click()
gateway.phase('reconnecting', 'call.reconnecting', {})
await page.waitForSelector('[data-testid=phase][data-phase=reconnecting]')
await shoot('13-reconnecting')
gateway.phase('talking', 'call.reconnected', {})
gateway.refuseWith = 'call_moved_on'
await page.waitForSelector('[data-testid=phase][data-phase=talking]')
await at('hold').click()
await page.waitForSelector('.el-message')
await shoot('14-refused-command')
await at('hangup').click()
await page.waitForSelector('[data-testid=phase][data-phase=wrap_up]')
await shoot('15-wrap-up')
await at('lang-switch').click()
await shoot('16-wrap-up-english')
await at('lang-switch').click()
await at('wrap-finish').click()
await page.waitForSelector('[data-testid=phase][data-phase=idle]')
gateway.ring({ number: '', number_kind: 'withheld', history_state: 'unavailable', line: { dnis: '12345', name: '' } })
gateway.answered()
await page.waitForSelector('[data-testid=phase][data-phase=talking]')
await shoot('17-withheld')
await at('state-menu').click()
await at('state-rest').click()
await at('state-next').waitFor()
await page.waitForTimeout(400)
await shoot('18-next-state')
gateway.end('caller')
await at('disposition-help').click()
await at('wrap-finish').click()
await page.waitForSelector('[data-testid=phase][data-phase=idle]')
gateway.become('rest', 'meal', { since: gateway.now(-700), until: gateway.now(-100) })
await page.waitForSelector('[data-testid=state-label][data-state=rest]')
await shoot('19-rest-overdue')
const second = await context.newPage()
await second.goto(gateway.address)
await second.getByTestId('take-back').waitFor()
await second.screenshot({ path: `${folder}/20-second-tab.png` })
await second.close()
gateway.begin({ send() {}, close() {} }, 'another place')
await at('taken-over').waitFor()
await shoot('21-taken-over')
await at('take-back').click()
await page.waitForSelector('[data-testid=state-label][data-state=rest]')
await browser.close()
await gateway.stop()
console.log(`${faults} faults; pictures in ${folder}`)
process.exit(faults > 0 ? 1 : 0)
