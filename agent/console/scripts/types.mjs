// Writes src/generated/protocol.d.ts from the schema that the gateway's Go structs produce.
// With --check it only tells whether the file is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { compile } from 'json-schema-to-typescript'

const schemaFile = new URL('../../../gateway/push/schema.json', import.meta.url)
const typesFile = new URL('../src/generated/protocol.d.ts', import.meta.url)

// A description beside a reference would make a second copy of the type.
const bare = (_key, value) => (value?.$ref ? { $ref: value.$ref } : value)
const { $defs } = JSON.parse(readFileSync(schemaFile, 'utf8'), bare)
const schema = { title: 'Protocol', type: 'object', additionalProperties: false, $defs, properties: {}, required: [] }
for (const name of Object.keys($defs).sort()) {
  schema.properties[name] = { $ref: `#/$defs/${name}` }
  schema.required.push(name)
}
const made = await compile(schema, 'Protocol', {
  bannerComment: '// Made by `npm run types` from gateway/push/schema.json; do not edit.',
  additionalProperties: false,
  style: { semi: false, singleQuote: true },
})

if (!process.argv.includes('--check')) {
  writeFileSync(typesFile, made)
} else if (readFileSync(typesFile, 'utf8') !== made) {
  console.error('src/generated/protocol.d.ts is out of date: run `npm run types`.')
  process.exit(1)
}
