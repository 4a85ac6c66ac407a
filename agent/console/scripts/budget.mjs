// Fails the build when what the agent's page loads is larger than its budget, or what all pages load than theirs.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const deskBudget = 320 * 1000
const allBudget = 450 * 1000
const root = new URL('../dist/', import.meta.url).pathname
const names = readdirSync(root, { recursive: true }).filter((name) => /\.(js|css|html)$/.test(name))
const files = new Map(names.map((name) => [basename(name), readFileSync(join(root, name))]))
const size = (name) => gzipSync(files.get(name), { level: 9 }).length

// What the page names is loaded at once, and what those import; workers with them. What is imported only when it is
// needed is not.
const desk = new Set()
function reach(name) {
  if (!files.has(name) || desk.has(name)) return
  desk.add(name)
  const text = files.get(name).toString()
  const links = name.endsWith('.html') ? /(?:src|href)="[^"]*?([^"/]+)"/g : /(?:\bfrom|\bimport)\s*["`]\.\/([^"`]+)["`]|\bnew Worker\([^)]*?([\w.-]+\.js)/g
  for (const [, direct, worker] of text.matchAll(links)) reach(direct ?? worker)
}
reach('index.html')

let [deskSize, allSize] = [0, 0]
for (const name of files.keys()) {
  const bytes = size(name)
  allSize += bytes
  if (desk.has(name)) deskSize += bytes
  console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${desk.has(name) ? 'desk ' : '     '} ${name}`)
}
console.log(`${(deskSize / 1000).toFixed(1).padStart(8)} kB  of ${deskBudget / 1000} kB, gzipped: the agent's page`)
console.log(`${(allSize / 1000).toFixed(1).padStart(8)} kB  of ${allBudget / 1000} kB: with the pages that are loaded when they are opened`)
if (deskSize > deskBudget || allSize > allBudget) {
  console.error('The page is larger than its budget.')
  process.exit(1)
}
