// Who sits here, and which page he sees.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api, ApiError, type Account } from '../api'
import { t } from '../i18n'
import { claimTab } from '../lib/tab'

export type Screen = 'loading' | 'login' | 'desk' | 'elsewhere' | 'taken' | 'old' | 'fault'

export const useSession = defineStore('session', () => {
  const account = ref<Account | null>(null)
  const screen = ref<Screen>('loading')
  const loginNotice = ref('')

  async function open(force = false) {
    if ((await claimTab(force, () => (screen.value = 'elsewhere'))) === 'elsewhere') {
      screen.value = 'elsewhere'
      return
    }
    try {
      account.value = await api.session()
      screen.value = 'desk'
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) loginNotice.value = t('login.offline')
      screen.value = 'login'
    }
  }

  /** signIn throws ApiError. */
  async function signIn(no: string, password: string) {
    account.value = await api.signIn(no, password)
    loginNotice.value = ''
    screen.value = 'desk'
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
