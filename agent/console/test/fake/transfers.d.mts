import type { FakeGateway } from './gateway.mjs'

export class FakeTransfers {
  constructor(gateway: FakeGateway)
  routes: number
  turn(key: string, more: object): null
  fail(key: string, why: string): null
  search(query: string): object[]
}
