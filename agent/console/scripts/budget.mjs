// Fails the build when what the agent's page loads is larger than its budget.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const budget = 320 * 1000
const root = new URL('../dist/', import.meta.url).pathname
const sizes = readdirSync(root, { recursive: true })
  .filter((name) => /\.(js|css|html)$/.test(name))
  .map((name) => ({ name, size: gzipSync(readFileSync(join(root, name)), { level: 9 }).length }))
const total = sizes.reduce((sum, file) => sum + file.size, 0)
for (const { name, size } of sizes) console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${name}`)
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  of ${budget / 1000} kB, gzipped`)
if (total > budget) {
  console.error(`The page is larger than its budget: ${total} > ${budget} bytes.`)
  process.exit(1)
}
