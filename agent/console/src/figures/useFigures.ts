// What the page of figures asks the gateway for, and when: a period once, the last 24 hours again and again.
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'
import { ApiError } from '../api'
import { t } from '../i18n'
import { useSession } from '../stores/session'
import { figuresApi, type By, type Names, type Table, type Targets } from './api'
import { chartBy, dayStart, faultOf, spanOf, type When } from './periods'

const every = 3_000 // the live figures
const seldom = 60_000 // their chart and the targets
const staleAfter = 12_000

export function useFigures(first: { when: When; by: By }) {
  const session = useSession()
  const when = ref(first.when)
  const by = ref(first.by)
  const custom = ref({ from: dayStart(Date.now()), to: Date.now() })
  const line = ref('')
  const queue = ref('')
  const table = shallowRef<Table | null>(null)
  const course = shallowRef<Table | null>(null) // by time, for the chart
  const names = shallowRef<Names | null>(null)
  const targets = shallowRef<Targets>({})
  const problem = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  const now = ref(Date.now())
  const came = ref(0) // when the table did

  const live = computed(() => when.value === 'now')
  const fault = computed(() => faultOf(spanOf(when.value, now.value, custom.value), by.value))
  const age = computed(() => Math.max(0, Math.floor((now.value - came.value) / 1000)))
  const stale = computed(() => live.value && table.value !== null && now.value - came.value > staleAfter)

  let asking = new AbortController()
  let again: ReturnType<typeof setTimeout> | undefined
  let drawn = 0 // when the chart was
  let opened = true

  /** load counts anew; what was asked for before is given up. */
  async function load() {
    asking.abort()
    clearTimeout(again)
    if (fault.value || document.hidden || !opened) return
    const mine = (asking = new AbortController())
    busy.value = true
    try {
      await count(mine.signal)
    } catch (error) {
      if (mine.signal.aborted) return
      problem.value = error instanceof ApiError ? error : new ApiError(0, String(error))
      if (problem.value.status === 401) session.ended(t('login.ended'))
    }
    if (mine.signal.aborted) return
    busy.value = false
    if (live.value) again = setTimeout(load, every)
  }

  async function count(signal: AbortSignal) {
    const asked = { when: when.value, by: by.value, line: line.value, queue: queue.value }
    const span = spanOf(asked.when, Date.now(), custom.value)
    const of = (grouping: By) =>
      asked.when === 'now' ? figuresApi.live(grouping, signal) : figuresApi.report(span, grouping, asked.line, asked.queue, signal)
    const counted = await of(asked.by)
    if (signal.aborted) return
    table.value = counted
    came.value = now.value = Date.now()
    problem.value = null
    if (asked.by === '5min' || asked.by === 'day') course.value = counted
    else if (asked.when !== 'now' || Date.now() - drawn > seldom) {
      const fine = await of(chartBy(span))
      if (signal.aborted) return
      course.value = fine
      drawn = Date.now()
      await aim()
    }
  }

  /** aim reads the targets; without them the figures are shown all the same. */
  const aim = async () => (targets.value = await figuresApi.targets().catch(() => targets.value))

  /** anew forgets what was counted for another question. */
  function anew() {
    table.value = course.value = problem.value = null
    drawn = 0
    void load()
  }

  const tick = setInterval(() => (now.value = Date.now()), 1000)
  watch([when, by, line, queue], anew)
  onMounted(async () => {
    document.addEventListener('visibilitychange', seen)
    void load()
    void aim()
    names.value = await figuresApi.names().catch(() => null)
  })
  onBeforeUnmount(() => {
    opened = false
    asking.abort()
    clearTimeout(again)
    clearInterval(tick)
    document.removeEventListener('visibilitychange', seen)
  })

  function seen() {
    now.value = Date.now()
    if (!document.hidden && (live.value || !table.value)) void load()
  }

  return { when, by, custom, line, queue, table, course, names, targets, problem, busy, live, fault, age, stale, came, load, anew }
}
