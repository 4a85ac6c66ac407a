// Takes pictures of the page in two widths, checks that nothing scrolls, and lets axe look at it.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function open(gateway, folder) {
  mkdirSync(folder, { recursive: true })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-background-networking'],
  })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const album = { page, faults: 0, at: (id) => page.getByTestId(id), shoot, complain, close }
  page.on('pageerror', (error) => complain(`page error: ${error.message}`))
  page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`))
  return album

  function complain(text) {
    album.faults++
    console.error(text)
  }

  async function shoot(name) {
    await page.waitForTimeout(350)
    for (const [width, height] of [[1440, 900], [1280, 800]]) {
      await page.setViewportSize({ width, height })
      await page.waitForTimeout(120)
      await page.screenshot({ path: `${folder}/${name}-${width}.png` })
      const spilt = await page.evaluate(spilled)
      if (spilt) complain(`${name} at ${width}: ${spilt}`)
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

  async function close() {
    await browser.close()
    await gateway.stop()
    console.log(`${album.faults} faults; pictures in ${folder}`)
    process.exit(album.faults > 0 ? 1 : 0)
  }
}

// A button beyond the window's edge does not make the page scroll, so buttons are looked for by themselves.
function spilled() {
  const { scrollWidth, scrollHeight } = document.documentElement
  if (scrollWidth > innerWidth || scrollHeight > innerHeight) return 'the page scrolls'
  for (const button of document.querySelectorAll('.bar button, .row button, .strip button')) {
    if (button.getBoundingClientRect().right > innerWidth) return `${button.textContent.trim()} is beyond the edge`
  }
  return ''
}
