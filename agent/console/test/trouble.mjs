// What goes wrong at a desk, in Chromium: a second tab, a refused microphone, the network gone, a click too many.
// Usage: node test/trouble.mjs; needs a built dist and Chromium.
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'
import { FakeGateway } from './fake/gateway.mjs'

const root = new URL('../dist/', import.meta.url).pathname
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const common = ['--no-sandbox', '--use-fake-device-for-media-stream', '--disable-background-networking']
const state = (page, name) => page.waitForSelector(`[data-testid=state-label][data-state=${name}]`)

async function signIn(page, gateway) {
  await page.goto(gateway.address)
  await page.getByTestId('login-no').fill('8001')
  await page.getByTestId('login-password').fill('secret')
  await page.getByTestId('login-submit').click()
  await page.getByTestId('sign-in').click()
}

async function story(what, args, tell) {
  const gateway = await new FakeGateway({ root, heartbeat: 2 }).start()
  const browser = await chromium.launch({ executablePath, args: [...common, ...args] })
  try {
    await tell(gateway, await browser.newContext({ viewport: { width: 1280, height: 800 } }))
    console.log(`ok  ${what}`)
  } finally {
    await browser.close()
    await gateway.stop()
  }
}

const allowed = ['--use-fake-ui-for-media-stream']

await story('a second tab is told, may not take a call away, and takes over when it is idle', allowed, async (gateway, context) => {
  const first = await context.newPage()
  await signIn(first, gateway)
  await state(first, 'not_ready')
  gateway.ring()
  gateway.answered()
  const second = await context.newPage()
  await second.goto(gateway.address)
  await second.waitForSelector('[data-testid=take-back][disabled]')
  gateway.end('caller')
  gateway.carryOut({ name: 'wrap_up.finish' })
  await second.getByTestId('take-back').click({ timeout: 8000 })
  await state(second, 'ready')
  await first.waitForSelector('[data-testid=taken-over][data-why=elsewhere]')
  await first.getByTestId('take-back').click()
  await state(first, 'ready')
  await second.waitForSelector('[data-testid=taken-over]')
})

await story('a refused microphone is explained, and nothing is signed in', ['--deny-permission-prompts'], async (gateway, context) => {
  const page = await context.newPage()
  await signIn(page, gateway)
  await page.waitForSelector('[data-testid=selfcheck-mic][data-state=bad]')
  assert.match(await page.getByTestId('selfcheck-mic').innerText(), /权限.*允许/)
  assert.match(await page.getByTestId('sign-in').innerText(), /重试|自检/)
  assert.equal(gateway.commands.filter(({ name }) => name === 'agent.sign_in').length, 0)
})

await story('the network goes and comes: the label does not lie, a hang-up clicked meanwhile happens once', allowed, async (gateway, context) => {
  const page = await context.newPage()
  await signIn(page, gateway)
  await state(page, 'not_ready')
  gateway.ring()
  gateway.answered()
  await page.waitForSelector('[data-phase=talking]')
  await context.setOffline(true)
  const banner = page.getByTestId('offline-banner')
  await banner.waitFor({ timeout: 1000 })
  assert.equal(await banner.innerText(), '网络中断，正在恢复，通话未挂断')
  assert.equal(await page.getByTestId('phase').getAttribute('data-stale'), 'true')
  await page.getByTestId('hangup').click()
  await context.setOffline(false)
  await page.waitForSelector('[data-testid=phase][data-phase=wrap_up]')
  await banner.waitFor({ state: 'detached' })
  assert.equal(gateway.commands.filter(({ name }) => name === 'call.hangup').length, 1)
})

await story('a double click is one command, and keys do a whole call', allowed, async (gateway, context) => {
  const page = await context.newPage()
  await signIn(page, gateway)
  await state(page, 'not_ready')
  await page.keyboard.press('Control+Alt+KeyR')
  await state(page, 'ready')
  gateway.ring()
  await page.waitForSelector('[data-phase=ringing]')
  assert.match(await page.title(), /来电|12345/)
  await page.keyboard.press('Control+Alt+KeyA')
  await page.waitForFunction(() => document.querySelector('[data-testid=answer]')?.textContent.includes('正在接通'))
  gateway.answered()
  await page.waitForSelector('[data-phase=talking]')
  await page.keyboard.type('short note')
  assert.equal(await page.getByTestId('note').inputValue(), 'short note')
  await page.keyboard.press('Control+Alt+KeyP')
  await page.waitForSelector('[data-phase=held]')
  await page.keyboard.press('Control+Alt+KeyP')
  await page.waitForSelector('[data-phase=talking]')
  await page.getByTestId('hangup').dblclick()
  await page.waitForSelector('[data-phase=wrap_up]')
  assert.equal(gateway.commands.filter(({ name }) => name === 'call.hangup').length, 1)
  await page.getByTestId('disposition-help').locator('input').focus()
  await page.keyboard.press('Space')
  await page.getByTestId('wrap-finish').focus()
  await page.keyboard.press('Enter')
  await state(page, 'ready')
  assert.deepEqual(gateway.commands.find(({ name }) => name === 'wrap_up.finish').args, { disposition: 'help', note: 'short note' })
})

const strict = '--autoplay-policy=document-user-activation-required'

await story('a page loaded anew can ring without a click where the microphone stays allowed', [...allowed, strict], async (gateway, context) => {
  gateway.signedIn = true
  gateway.become('ready')
  const page = await context.newPage()
  await page.goto(gateway.address, { waitUntil: 'commit' })
  await new Promise((done) => setTimeout(done, 2500)) // looking into the page counts as a click
  assert.equal(await page.getByTestId('phone-health').getAttribute('data-state'), 'ok')
  assert.equal(await page.getByTestId('sound-banner').count(), 0)
})

await story('where it cannot ring it says so, and one click heals it', ['--deny-permission-prompts', strict], async (gateway, context) => {
  gateway.signedIn = true
  gateway.become('ready')
  const page = await context.newPage()
  await page.goto(gateway.address, { waitUntil: 'commit' })
  await new Promise((done) => setTimeout(done, 2500))
  await page.getByTestId('mic-banner').waitFor()
  await page.getByTestId('unlock-sound').click()
  await page.getByTestId('sound-banner').waitFor({ state: 'detached' })
})
