import type { Alert, FloorAgent, FloorCall } from '../../src/generated/protocol'

export class FakeFloor {
  agents: FloorAgent[]
  calls: FloorCall[]
  alerts: Alert[]
  fill(n: number): void
  move(one: FloorAgent, state: string, ago?: number): void
  of(no: string): FloorAgent
  alert(kind: string, no: string, more?: object): void
  tell(): void
  heard(ago?: number): void
}
