// Which rows of a long table are in sight, so that only those are made.
import { computed, onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

const margin = 6 // rows made above and below what is in sight

/** windowOf is [first, end) of count rows of a height that are in sight or nearly. */
export function windowOf(top: number, room: number, height: number, count: number): [number, number] {
  const last = Math.max(0, count - Math.ceil(room / height)) // first row when scrolled to the end
  const first = Math.min(Math.floor(Math.max(0, top) / height), last)
  return [Math.max(0, first - margin), Math.min(count, first + Math.ceil(room / height) + 1 + margin)]
}

/** useWindow follows the scrolling of box, the element that scrolls. */
export function useWindow<T>(box: Ref<HTMLElement | null>, rows: () => T[], height: number) {
  const top = ref(0)
  const room = ref(600)
  let watcher: ResizeObserver | undefined
  const scrolled = () => (top.value = box.value?.scrollTop ?? 0)

  onMounted(() => {
    const element = box.value!
    element.addEventListener('scroll', scrolled, { passive: true })
    watcher = new ResizeObserver(() => (room.value = element.clientHeight || room.value))
    watcher.observe(element)
  })
  onBeforeUnmount(() => watcher?.disconnect())

  return computed(() => {
    const all = rows()
    const [first, end] = windowOf(top.value, room.value, height, all.length)
    return { first, above: first * height, below: (all.length - end) * height, rows: all.slice(first, end) }
  })
}
