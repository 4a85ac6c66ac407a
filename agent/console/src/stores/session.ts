// Who sits here, and which page he sees.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api, ApiError, type Account } from '../api'
import { t } from '../i18n'
import { claimTab } from '../lib/tab'

export type Screen = 'loading' | 'login' | 'desk' | 'settings' | 'elsewhere' | 'taken' | 'old' | 'fault'

/** Where the settings are: a page of their own, so that a desk beside it goes on. */
export const settingsHash = '#/settings'

const atSettings = () => location.hash.startsWith(settingsHash)
const holds = (account: Account, ...roles: string[]) => account.roles.some((role) => roles.includes(role))
/** maySet says who sees the settings. */
export const maySet = (account: Account | null) => account !== null && holds(account, 'supervisor', 'administrator')

/** screenOf is the page that is asked for, as far as the roles allow; who has no seat has nothing but settings. */
export function screenOf(account: Account, settings: boolean): 'desk' | 'settings' {
  const seated = holds(account, 'agent', 'expert', 'supervisor')
  return maySet(account) && (settings || !seated) ? 'settings' : 'desk'
}

export const useSession = defineStore('session', () => {
  const account = ref<Account | null>(null)
  const screen = ref<Screen>('loading')
  const loginNotice = ref('')

  async function open(force = false) {
    if (!atSettings() && !(await claim(force))) return
    try {
      await enter(await api.session())
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) loginNotice.value = t('login.offline')
      screen.value = 'login'
    }
  }

  /** claim makes this the one tab that has the desk, or shows that another is. */
  async function claim(force = false) {
    if ((await claimTab(force, () => (screen.value = 'elsewhere'))) !== 'elsewhere') return true
    screen.value = 'elsewhere'
    return false
  }

  async function enter(who: Account) {
    account.value = who
    const to = screenOf(who, atSettings())
    if (to === 'desk' && atSettings() && !(await claim())) return
    screen.value = to
  }

  /** signIn throws ApiError. */
  async function signIn(no: string, password: string) {
    const who = await api.signIn(no, password)
    loginNotice.value = ''
    await enter(who)
  }

  async function signOut() {
    await api.signOut().catch(() => {})
    ended()
  }

  function ended(notice = '') {
    account.value = null
    loginNotice.value = notice
    screen.value = 'login'
  }

  return { account, screen, loginNotice, open, signIn, signOut, ended }
})
