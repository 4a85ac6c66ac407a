// Times as they stand on the screen.

/** span writes seconds as m:ss, or h:mm:ss from an hour on; never negative. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** secondsBetween counts from one moment to another; null when the first is not known. */
export function secondsBetween(from: string | null | undefined, to: number): number | null {
  const start = from ? Date.parse(from) : NaN
  return Number.isNaN(start) ? null : (to - start) / 1000
}

const zeroPadded = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

export function clock(at: string | number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleTimeString('en-GB', { ...zeroPadded, second: '2-digit' })
}

/** dayAndTime leaves the year out when it is this year's. */
export function dayAndTime(at: string, now: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const year = date.getFullYear() === new Date(now).getFullYear() ? '' : `${date.getFullYear()}-`
  return `${year}${day} ${date.toLocaleTimeString('en-GB', zeroPadded)}`
}
