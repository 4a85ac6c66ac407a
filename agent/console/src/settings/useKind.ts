// One kind of setting as the page holds it: the list, and what stands in the way of a change.
import { ref, type Ref } from 'vue'
import { t } from '../i18n'
import { useSession } from '../stores/session'
import { problemOf, settingsApi, type Fault, type Kind, type Problem, type Stored } from './api'

export function useKind<T>(kind: Kind) {
  const items = ref([]) as Ref<Stored<T>[]>
  const warnings = ref<Fault[]>([])
  const loaded = ref(false)
  const { problem, busy, attempt } = useAttempts()

  async function load() {
    return attempt(async () => {
      const answer = await settingsApi.list<T>(kind)
      items.value = answer.settings
      warnings.value = answer.warnings
      loaded.value = true
    })
  }

  /** save and remove say whether it was done; otherwise problem says why not. */
  const save = (key: string, version: number, setting: T, first = false) =>
    attempt(() => settingsApi.put(kind, key, version, setting, first)).then((done) => done && load())
  const remove = (key: string, version: number) =>
    attempt(() => settingsApi.remove(kind, key, version)).then((done) => done && load())

  return { items, warnings, loaded, problem, busy, attempt, load, save, remove }
}

/** useAttempts runs requests one after another and keeps what went wrong with the last. */
export function useAttempts() {
  const session = useSession()
  const problem = ref<Problem | null>(null)
  const busy = ref(false)

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    try {
      await work()
      problem.value = null
      return true
    } catch (error) {
      problem.value = problemOf(error)
      if (problem.value.status === 401) session.ended(t('login.ended'))
      return false
    } finally {
      busy.value = false
    }
  }

  return { problem, busy, attempt }
}
