// Who sits here, and which page he sees.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api, ApiError, type Account } from '../api'
import type { Role } from '../generated/protocol'
import { t } from '../i18n'
import { claimTab } from '../lib/tab'

/** Page is a screen beside the desk, at a hash of its own and in a tab of its own, so that the desk goes on. */
export type Page = 'settings' | 'figures' | 'audit' | 'abuse'
export type Screen = 'loading' | 'login' | 'desk' | Page | 'elsewhere' | 'taken' | 'old' | 'fault'

export const settingsHash = '#/settings'
export const figuresHash = '#/figures'
export const auditHash = '#/audit'
export const abuseHash = '#/abuse'
const hashes: Record<Page, string> = { settings: settingsHash, figures: figuresHash, audit: auditHash, abuse: abuseHash }

/** Who has a seat, who may open which page and who edits the settings, as the gateway's table of roles has it. */
export const seats: Role[] = ['agent', 'expert', 'supervisor']
export const pageRoles: Record<Page, Role[]> = {
  settings: ['supervisor', 'administrator'],
  figures: ['supervisor', 'quality', 'administrator'],
  audit: ['auditor'],
  abuse: ['supervisor', 'quality', 'administrator'],
}
export const editors: Role[] = ['administrator']

const pages = Object.keys(hashes) as Page[]
const pageAsked = () => pages.find((page) => location.hash.startsWith(hashes[page])) ?? null
/** holds says whether an account has one of the roles. */
export const holds = (account: Account | null, roles: Role[]) => account?.roles.some((role) => roles.includes(role)) ?? false
/** mayOpen says who sees a page. */
export const mayOpen = (account: Account | null, page: Page) => holds(account, pageRoles[page])

/** screenOf is the page that is asked for, as far as the roles allow; who has no seat has nothing but pages. */
export function screenOf(account: Account, asked: Page | null): 'desk' | Page {
  if (asked && mayOpen(account, asked)) return asked
  if (holds(account, seats)) return 'desk'
  return pages.find((page) => mayOpen(account, page)) ?? 'desk'
}

export const useSession = defineStore('session', () => {
  const account = ref<Account | null>(null)
  const screen = ref<Screen>('loading')
  const loginNotice = ref('')

  async function open(force = false) {
    if (!pageAsked() && !(await claim(force))) return
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
    const to = screenOf(who, pageAsked())
    if (to === 'desk' && pageAsked() && !(await claim())) return
    screen.value = to
  }

  /** follow goes from one page to another as the address does; the desk is never left. */
  function follow() {
    const asked = pageAsked()
    if (account.value && asked && pages.includes(screen.value as Page)) screen.value = screenOf(account.value, asked)
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

  return { account, screen, loginNotice, open, follow, signIn, signOut, ended }
})
