// Which rows of a long table are in sight, so that only those are made.
import { computed, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

const step = 8 // rows are made so many at a time, that most scrolling makes none

/** windowOf is [first, end) of count rows of a height that are in sight or nearly. */
export function windowOf(top: number, room: number, height: number, count: number): [number, number] {
  const last = Math.max(0, count - Math.ceil(room / height)) // first row when scrolled to the end
  const first = Math.min(Math.floor(Math.max(0, top) / height), last)
  const from = Math.floor(first / step) * step
  const to = Math.ceil((first + Math.ceil(room / height) + 1) / step) * step
  return [from, Math.min(count, to)]
}

/** useWindow follows the scrolling of box, the element that scrolls. */
export function useWindow<T>(box: Ref<HTMLElement | null>, rows: () => T[], height: number) {
  const part = ref<[number, number]>([0, 0])
  let room = 600
  let watcher: ResizeObserver | undefined
  const count = computed(() => rows().length)

  function follow() {
    const [first, end] = windowOf(box.value?.scrollTop ?? 0, room, height, count.value)
    if (first !== part.value[0] || end !== part.value[1]) part.value = [first, end]
  }
  watch(count, follow, { immediate: true })

  onMounted(() => {
    const element = box.value!
    element.addEventListener('scroll', follow, { passive: true })
    watcher = new ResizeObserver(() => {
      room = element.clientHeight || room
      follow()
    })
    watcher.observe(element)
  })
  onBeforeUnmount(() => watcher?.disconnect())

  return computed(() => {
    const all = rows()
    const [first, end] = part.value
    return { first, above: first * height, below: (all.length - end) * height, rows: all.slice(first, end) }
  })
}
