export interface FakeCall {
  at: number
  line: string
  queue: string
  agent: string
  answered: boolean
  why: string
  n: number
  wait: number
  talk: number
  rating: number
}

export class FakeFigures {
  constructor(now: () => string)
  quiet: boolean
  extra: FakeCall[]
  asked: string[]
  failWith: [number, string] | null
  settings: Record<string, number | string>
  serve(url: URL): [number, unknown]
}
