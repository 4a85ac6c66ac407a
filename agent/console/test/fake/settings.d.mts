export class FakeSettings {
  constructor(at: () => string)
  rows: Record<'lines' | 'queues' | 'skills' | 'agents' | 'bulletins', Map<string, { version: number; setting: unknown }>>
  put(kind: string, key: string, setting: unknown, who?: string): unknown
  serve(method: string, url: URL, body: string): [number, unknown?]
}
