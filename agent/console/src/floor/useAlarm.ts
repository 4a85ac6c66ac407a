// A call for help is heard, on whichever page the supervisor is.
import { onBeforeUnmount, ref, watch } from 'vue'
import type { Alert } from '../generated/protocol'
import { useDesk } from '../stores/desk'
import { useStation } from '../stores/station'
import { calling, freshIn } from './floor'

const again = 10_000 // milliseconds until an unacknowledged one is heard again

/** useAlarm sounds and returns the calls for help that came last, to be announced. */
export function useAlarm() {
  const desk = useDesk()
  const station = useStation()
  const fresh = ref<Alert[]>([])
  let known: Alert[] = []
  let repeating: ReturnType<typeof setInterval> | undefined

  // On the line himself he hears it once; else until somebody has acknowledged it.
  const repeat = () => !desk.call && !desk.state.desk?.supervising && station.chime()

  watch(
    () => desk.state.alerts,
    (alerts) => {
      const news = freshIn(known, alerts)
      known = alerts
      if (news.length) {
        fresh.value = news
        station.chime()
        clearInterval(repeating)
        repeating = setInterval(repeat, again)
      }
      if (!calling(alerts).length) clearInterval(repeating)
    },
    { immediate: true },
  )
  onBeforeUnmount(() => clearInterval(repeating))
  return fresh
}
