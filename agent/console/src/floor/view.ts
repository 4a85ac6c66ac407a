// Which of the supervisor's two pages the desk's tab shows. Both live on one link and one telephone, so that going from
// one to the other drops nothing.
import { computed, onBeforeUnmount, onMounted, ref } from 'vue'
import type { Account } from '../api'
import { useSession } from '../stores/session'

export const floorHash = '#/floor'
export const deskHash = '#/'

/** maySupervise says who sees the floor. */
export const maySupervise = (account: Account | null): boolean => account?.roles.includes('supervisor') ?? false

const asked = ref(false)
const follow = () => (asked.value = location.hash.startsWith(floorHash))

/** useOnFloor tells whether the floor is shown, and follows the address while the desk is there. */
export function useOnFloor() {
  const session = useSession()
  follow()
  onMounted(() => addEventListener('hashchange', follow))
  onBeforeUnmount(() => removeEventListener('hashchange', follow))
  return computed(() => asked.value && maySupervise(session.account))
}

/** toDesk shows the page on which the supervisor has a call of his own. */
export function toDesk() {
  if (location.hash.startsWith(floorHash)) location.hash = deskHash
  asked.value = false
}
