// What stands on the desk: sound, microphone and the telephone in the page.
import { defineStore } from 'pinia'
import { computed, reactive, ref } from 'vue'
import { api } from '../api'
import type { Key } from '../i18n'
import { Cmd } from '../lib/protocol'
import { Phone, type PhoneHealth } from '../phone'
import { MicrophoneError, Sound, type MicrophoneFault } from '../sound'
import { useDesk } from './desk'
import { useSession } from './session'

export type Check = 'idle' | 'pending' | 'ok' | 'bad'
export type CheckName = 'audio' | 'mic' | 'phone' | 'gateway'
export const checkNames: CheckName[] = ['audio', 'mic', 'phone', 'gateway']

// ?raw-audio=1 measures: no echo, noise or level treatment of the microphone.
const raw = new URLSearchParams(location.search).get('raw-audio') === '1'
const registerWithin = 8000

export const useStation = defineStore('station', () => {
  const desk = useDesk()
  const session = useSession()
  const phoneHealth = ref<PhoneHealth>('off')
  const micFault = ref<MicrophoneFault | null>(null)
  const micOpen = ref(false)
  const micLevel = ref(0)
  const soundOn = ref(false)
  const checking = ref(false)
  const answering = ref('') // call whose answer was clicked
  const ownMute = ref(false) // a supervisor muted himself while with an agent
  const checks = reactive<Record<CheckName, Check>>({ audio: 'idle', mic: 'idle', phone: 'idle', gateway: 'idle' })
  const advice = reactive<Record<CheckName, Key | null>>({ audio: null, mic: null, phone: null, gateway: null })

  const browserPhone = computed(() => (desk.agent?.phone ?? session.account?.phone) !== 'desk')
  const sound = new Sound(raw)
  const phone = new Phone({
    account: api.phone,
    microphone: () => sound.microphone,
    onHealth: (health) => {
      phoneHealth.value = health
      tellRegistered()
    },
    onVoice: (stream) => sound.play(stream),
  })
  sound.onUnlocked = (unlocked) => (soundOn.value = unlocked)
  sound.onMicrophoneEnded = () => {
    micOpen.value = false
    void reopenMicrophone()
  }
  setInterval(() => (micLevel.value = sound.microphoneLevel()), 120)
  // A diagnostic: how loud the caller is at a frequency (Hz), in dBFS. See README.
  Object.assign(window, { __hotline: { level: (frequency: number) => sound.remoteLevel(frequency) } })

  function put(name: CheckName, result: Check, text: Key | null = null) {
    checks[name] = result
    advice[name] = text
  }

  function tellRegistered() {
    if (phoneHealth.value === 'registered') void desk.attempt(Cmd.registered).catch(() => {})
  }

  /** signIn is 签入: unlock, check, and tell the gateway when all is well. Call it from a click. */
  async function signIn() {
    checking.value = true
    for (const name of checkNames) put(name, 'pending')
    try {
      const audio = checkAudio()
      const tone = audio.then(() => sound.testTone())
      await Promise.all([tone, checkMicrophone().then(checkPhone)])
      checkGateway()
      if (checkNames.every((name) => checks[name] === 'ok')) {
        await desk.send(Cmd.signIn)
        tellRegistered()
        if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission()
      }
    } finally {
      checking.value = false
    }
  }

  /** restore brings sound and telephone back after a reload, without a click where the browser allows it. */
  async function restore() {
    await checkMicrophone() // first: a page that is allowed to hear is also allowed to play
    soundOn.value = await sound.unlock()
    if (!soundOn.value) window.addEventListener('pointerdown', () => void sound.unlock(), { once: true })
    await checkPhone()
  }

  async function unlock() {
    soundOn.value = await sound.unlock()
    if (soundOn.value) sound.testTone()
    if (!micOpen.value && browserPhone.value) await reopenMicrophone()
  }

  async function checkAudio() {
    soundOn.value = await sound.unlock()
    put('audio', soundOn.value ? 'ok' : 'bad', soundOn.value ? 'check.audio.ok' : 'check.audio.bad')
  }

  async function checkMicrophone() {
    if (!browserPhone.value) return put('mic', 'ok', 'check.mic.desk')
    if (await openMicrophone()) put('mic', 'ok', 'check.mic.ok')
    else put('mic', 'bad', `check.mic.${micFault.value ?? 'busy'}`)
  }

  async function checkPhone() {
    if (!browserPhone.value) {
      const there = desk.agent?.phone_ok === true
      return put('phone', there ? 'ok' : 'bad', there ? 'check.phone.desk' : 'check.phone.desk.bad')
    }
    await phone.start()
    const registered = await until(() => phoneHealth.value === 'registered', registerWithin)
    put('phone', registered ? 'ok' : 'bad', registered ? 'check.phone.ok' : 'check.phone.bad')
  }

  function checkGateway() {
    if (!desk.live) return put('gateway', 'bad', 'check.gateway.bad')
    if (desk.state.asterisk === false) return put('gateway', 'bad', 'check.gateway.asterisk')
    put('gateway', 'ok', 'check.gateway.ok')
  }

  async function openMicrophone(): Promise<boolean> {
    try {
      await sound.openMicrophone()
      micFault.value = null
      micOpen.value = true
    } catch (error) {
      micFault.value = error instanceof MicrophoneError ? error.fault : 'busy'
      micOpen.value = false
    }
    return micOpen.value
  }

  async function reopenMicrophone() {
    if ((await openMicrophone()) && sound.microphone) await phone.changeMicrophone(sound.microphone)
  }

  function answer(call: string) {
    answering.value = call
    phone.answer(call)
  }

  /** follow makes ringer, mute and telephone do what the gateway says of the call; null when there is none. */
  function follow(call: { id: string; phase: string; muted: boolean } | null) {
    const ringing = call?.phase === 'ringing'
    if (!ringing || answering.value !== call?.id) {
      answering.value = ''
      phone.forget()
    }
    sound.ring(ringing && answering.value === '')
    phone.mute(call?.muted ?? false)
  }

  /** accompany keeps a supervisor's microphone closed while he only listens, whatever becomes of his voice elsewhere. */
  function accompany(how: string | null) {
    if (how === null) ownMute.value = false
    phone.mute(how === null ? (desk.call?.muted ?? false) : how === 'listen' || ownMute.value)
  }

  function leave() {
    sound.ring(false)
    sound.closeMicrophone()
    micOpen.value = false
    phone.stop()
    for (const name of checkNames) put(name, 'idle')
  }

  return {
    phoneHealth, micFault, micOpen, micLevel, soundOn, checking, answering, ownMute, checks, advice, browserPhone,
    signIn, restore, unlock, reopenMicrophone, answer, follow, accompany, leave, tellRegistered,
    chime: () => sound.chime(),
    quiet: () => sound.ring(false),
    mute: (on: boolean) => phone.mute(on),
    reconnectPhone: () => phone.reconnect(),
    hangUpStray: () => phone.hangUp(),
    hasLeg: () => phone.busy,
  }
})

async function until(done: () => boolean, within: number): Promise<boolean> {
  const end = performance.now() + within
  while (!done() && performance.now() < end) await new Promise((next) => setTimeout(next, 50))
  return done()
}
