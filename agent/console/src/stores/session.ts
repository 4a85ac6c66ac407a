// Who sits here, and which page he sees.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api, ApiError, takenOver, typeOf, type Account } from '../api'
import type { Role } from '../generated/protocol'
import { t } from '../i18n'
import { claimTab } from '../lib/tab'

/** Page is a screen beside the desk, at a hash of its own and in a tab of its own, so that the desk goes on. */
export type Page = 'settings' | 'figures' | 'audit' | 'abuse' | 'account'
export type Screen = 'loading' | 'login' | 'factor' | 'desk' | Page | 'elsewhere' | 'taken' | 'old' | 'fault'

export const settingsHash = '#/settings'
export const figuresHash = '#/figures'
export const auditHash = '#/audit'
export const abuseHash = '#/abuse'
export const accountHash = '#/account'
const hashes: Record<Page, string> = { settings: settingsHash, figures: figuresHash, audit: auditHash, abuse: abuseHash, account: accountHash }

/** Who has a seat, who may open which page and who edits the settings, as the gateway's table of roles has it. */
export const seats: Role[] = ['agent', 'expert', 'supervisor']
export const pageRoles: Record<Page, Role[]> = {
  settings: ['supervisor', 'administrator'],
  figures: ['supervisor', 'quality', 'administrator'],
  audit: ['auditor'],
  abuse: ['supervisor', 'quality', 'administrator'],
  account: ['agent', 'expert', 'supervisor', 'quality', 'editor', 'reviewer', 'administrator', 'auditor'],
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
  const elsewhere = ref<Account['elsewhere'] | null>(null) // where the number was signed in until now

  async function open(force = false) {
    if (!pageAsked() && !(await claim(force))) return
    try {
      await enter(await api.session())
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) loginNotice.value = t('login.offline')
      if (typeOf(error) === takenOver) loginNotice.value = t('login.taken')
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
    if (who.second_factor_due) {
      screen.value = 'factor'
      return
    }
    const to = screenOf(who, pageAsked())
    if (to === 'desk' && pageAsked() && !(await claim())) return
    screen.value = to
  }

  /** resume goes on where a second factor had to be set up first. */
  const resume = async () => enter(await api.session())

  /** follow goes from one page to another as the address does; the desk is never left. */
  function follow() {
    const asked = pageAsked()
    if (account.value && asked && pages.includes(screen.value as Page)) screen.value = screenOf(account.value, asked)
  }

  /** signIn throws ApiError. */
  async function signIn(no: string, password: string, code = '') {
    const who = await api.signIn(no, password, code)
    loginNotice.value = ''
    elsewhere.value = who.elsewhere ?? null
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

  return { account, screen, loginNotice, elsewhere, open, resume, follow, signIn, signOut, ended }
})
