// The directory while it is searched: what was found, and whether that belongs to what stands in the search field.
import { computed, onBeforeUnmount, ref, watch } from 'vue'
import { api, type Target } from './api'

const pause = 120 // milliseconds of no typing before it is looked up
const again = 5000 // states grow old

export function useTargets() {
  const query = ref('')
  const found = ref<Target[] | null>(null)
  const foundFor = ref<string | null>(null)
  const failed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function load() {
    clearTimeout(timer)
    const mine = ++asked
    const wanted = query.value.trim()
    try {
      const targets = await api.targets(wanted)
      if (mine !== asked) return
      found.value = targets
      foundFor.value = wanted
      failed.value = false
    } catch {
      if (mine !== asked) return
      failed.value = true
      foundFor.value = wanted
      found.value = null
    }
    timer = setTimeout(load, again)
  }

  watch(query, () => {
    clearTimeout(timer)
    timer = setTimeout(load, pause)
  })
  onBeforeUnmount(() => {
    asked++
    clearTimeout(timer)
  })
  void load()

  const fresh = computed(() => foundFor.value === query.value.trim())
  // A number that nobody of the directory has can be dialled as it is.
  const outside = computed<Target | null>(() => {
    const number = query.value.replace(/[\s-]/g, '')
    if (!fresh.value || found.value?.length || !/^\+?\d{3,20}$/.test(number)) return null
    return { kind: 'number', key: number, title: number, unit: '', initials: '', state: '', favourite: false }
  })
  const rows = computed(() => (outside.value ? [outside.value] : (found.value ?? [])))

  /** star keeps or forgets a favourite; it throws ApiError. */
  async function star(target: Target) {
    await api.favourite(target, !target.favourite)
    await load()
  }

  return { query, rows, fresh, failed, loading: computed(() => foundFor.value === null), load, star }
}
