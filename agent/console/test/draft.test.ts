import { beforeEach, describe, expect, it } from 'vitest'
import { DraftKeeper, type Draft } from '../src/draft'

const draft = (note: string, at = 1000): Draft => ({ disposition: 'help', note, dirty: true, at })

class FullStorage implements Storage {
  length = 0
  clear() {}
  key = () => null
  getItem = () => null
  removeItem() {}
  setItem(): void {
    throw new DOMException('full', 'QuotaExceededError')
  }
}

describe('what was typed', () => {
  beforeEach(() => localStorage.clear())

  it('is there again after a reload', () => {
    expect(new DraftKeeper(localStorage).save('call-1', draft('路灯'))).toBe(true)
    expect(new DraftKeeper(localStorage).load('call-1')).toEqual(draft('路灯'))
  })

  it('belongs to its call', () => {
    new DraftKeeper(localStorage).save('call-1', draft('路灯'))
    expect(new DraftKeeper(localStorage).load('call-2')).toBeNull()
  })

  it('stays while the page lives when the storage is full, and says that a reload would lose it', () => {
    const keeper = new DraftKeeper(new FullStorage())
    expect(keeper.save('call-1', draft('路灯'))).toBe(false)
    expect(keeper.load('call-1')).toEqual(draft('路灯'))
  })

  it('stays while the page lives when there is no storage', () => {
    const keeper = new DraftKeeper(null)
    expect(keeper.save('call-1', draft('路灯'))).toBe(false)
    expect(keeper.load('call-1')?.note).toBe('路灯')
  })

  it.each(['{', 'null', '{"note":7}', '[]'])('is nothing when the storage holds %s', (broken) => {
    localStorage.setItem('hotline.draft.call-1', broken)
    expect(new DraftKeeper(localStorage).load('call-1')).toBeNull()
  })

  it('is forgotten after a week, and rubbish at once', () => {
    const day = 24 * 3600 * 1000
    new DraftKeeper(localStorage).save('old', draft('旧', 0))
    new DraftKeeper(localStorage).save('new', draft('新', 5 * day))
    localStorage.setItem('hotline.draft.broken', '{')
    localStorage.setItem('other', 'kept')
    new DraftKeeper(localStorage).prune(8 * day)
    expect(Object.keys(localStorage).sort()).toEqual(['hotline.draft.new', 'other'])
  })
})
