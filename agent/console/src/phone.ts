// The telephone in the page. It is only the audio leg: the gateway owns the call, rings it and ends it.
import { UA, WebSocketInterface, debug } from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { RTCSessionEvent } from 'jssip/lib/UA'
import { websocketURL, type PhoneAccount } from './api'

export type PhoneHealth = 'off' | 'connecting' | 'registered' | 'failed'

export interface PhoneOptions {
  account: () => Promise<PhoneAccount> // asks for a fresh secret
  microphone: () => MediaStream | null
  onHealth: (health: PhoneHealth) => void
  onVoice: (stream: MediaStream | null) => void
}

interface Leg {
  session: RTCSession
  call: string
  track: MediaStreamTrack | null // this leg's own copy of the microphone, so that muting leaves the meter alone
}

const callHeader = 'X-Hotline-Call'
const autoAnswerHeader = 'X-Hotline-Auto-Answer'
// No STUN: on a local network it only delays the answer.
const pcConfig: RTCConfiguration = { iceServers: [] }

export class Phone {
  private ua: UA | null = null
  private socket: WebSocketInterface | null = null
  private leg: Leg | null = null
  private wanted = '' // call to answer as soon as its INVITE is here
  private muted = false
  private interrupted = false // the SIP socket was down while a leg was up
  private refusals = 0
  private starting = false
  private retry: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: PhoneOptions) {
    debug.disable()
  }

  /** start registers; it may be called again and does nothing while a registration is kept. */
  async start() {
    if (this.ua || this.starting) return
    this.starting = true
    this.options.onHealth('connecting')
    try {
      this.launch(await this.options.account())
    } catch {
      this.options.onHealth('failed')
      clearTimeout(this.retry)
      this.retry = setTimeout(() => void this.start(), this.pause())
    } finally {
      this.starting = false
    }
  }

  private launch(account: PhoneAccount) {
    this.socket = new WebSocketInterface(websocketURL(account.ws_path))
    const ua = new UA({
      sockets: [this.socket],
      uri: account.uri,
      authorization_user: account.username,
      password: account.password,
      register: true,
      register_expires: 300,
      session_timers: false, // a refresh while the socket is down would end the call
      no_answer_timeout: 300, // the gateway decides how long it rings
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: 'hotline-console',
    })
    ua.on('registered', () => this.registered())
    ua.on('unregistered', () => this.options.onHealth('connecting'))
    ua.on('disconnected', () => this.disconnected())
    ua.on('registrationFailed', ({ response }) => this.refused(response?.status_code ?? 0))
    ua.on('newRTCSession', ({ originator, session, request }: RTCSessionEvent) => {
      if (originator !== 'remote') return
      this.invited(session as RTCSession, request.getHeader(callHeader) ?? '', request.getHeader(autoAnswerHeader) === '1')
    })
    this.ua = ua
    ua.start()
  }

  /** stop ends the telephone. A leg that is up goes silent without a BYE: the gateway replaces it elsewhere. */
  stop() {
    clearTimeout(this.retry)
    const ua = this.ua
    this.ua = null
    if (this.leg) {
      this.leg.session.connection?.close()
      this.gone(this.leg)
      this.socket?.disconnect()
    } else {
      ua?.stop()
    }
    this.options.onHealth('off')
  }

  /** answer picks the call up now, or as soon as it reaches the telephone. */
  answer(call: string) {
    this.wanted = call
    if (this.leg?.call === call && this.leg.session.isInProgress()) this.pickUp(this.leg)
  }

  /** forget drops the wish to answer. */
  forget() {
    this.wanted = ''
  }

  mute(on: boolean) {
    this.muted = on
    if (this.leg?.track) this.leg.track.enabled = !on
  }

  /** hangUp ends a leg that no call belongs to any more. */
  hangUp() {
    if (this.leg && !this.leg.session.isEnded()) this.leg.session.terminate()
  }

  get busy(): boolean {
    return this.leg !== null
  }

  /** changeMicrophone swaps the sound that is sent without a word to the other side. */
  async changeMicrophone(stream: MediaStream) {
    const leg = this.leg
    const sender = leg?.session.connection?.getSenders().find((one) => one.track?.kind === 'audio')
    if (!leg || !sender) return
    leg.track?.stop()
    leg.track = this.copyOf(stream)
    await sender.replaceTrack(leg.track)
  }

  /** reconnect replaces a SIP socket that may be dead without having noticed. */
  reconnect() {
    if (!this.socket?.isConnected()) return
    this.socket.disconnect()
    this.socket.ondisconnect(true, 1006, 'replaced')
  }

  private registered() {
    this.refusals = 0
    this.options.onHealth('registered')
    if (!this.interrupted) return
    this.interrupted = false
    const session = this.leg?.session
    if (!session?.isEstablished()) return
    // If the other side hung up meanwhile, the answer is 481 and the leg ends; else the sound just goes on.
    const broken = ['failed', 'disconnected'].includes(session.connection?.iceConnectionState ?? '')
    session.renegotiate(broken ? { rtcOfferConstraints: { iceRestart: true } } : {})
  }

  private disconnected() {
    if (!this.ua) return
    this.interrupted ||= this.leg !== null
    this.options.onHealth('connecting')
  }

  // The secret is replaced at each sign-in and when Asterisk starts anew: ask for another and try again.
  private refused(status: number) {
    this.options.onHealth('failed')
    clearTimeout(this.retry)
    this.retry = setTimeout(() => void this.registerAgain(status >= 400 && status < 500), this.pause())
  }

  private pause(): number {
    return Math.min(500 * 2 ** this.refusals++, 10_000)
  }

  private async registerAgain(freshSecret: boolean) {
    const ua = this.ua
    if (!ua) return
    try {
      if (freshSecret) ua.set('password', (await this.options.account()).password)
      if (ua.isConnected()) ua.register()
    } catch {
      this.refused(0)
    }
  }

  private invited(session: RTCSession, call: string, autoAnswer: boolean) {
    const leg: Leg = { session, call, track: null }
    this.leg = leg
    session.on('peerconnection', ({ peerconnection }) => {
      peerconnection.addEventListener('track', (event: RTCTrackEvent) => {
        if (this.leg === leg) this.options.onVoice(event.streams[0] ?? new MediaStream([event.track]))
      })
    })
    // Host candidates come at once; waiting for the end of gathering only delays the answer.
    session.on('icecandidate', ({ ready }) => setTimeout(ready, 100))
    session.on('ended', () => this.gone(leg))
    session.on('failed', () => this.gone(leg))
    if (autoAnswer || (call !== '' && call === this.wanted)) this.pickUp(leg)
  }

  private pickUp(leg: Leg) {
    const stream = this.options.microphone()
    if (stream) leg.track = this.copyOf(stream)
    leg.session.answer({
      pcConfig,
      ...(leg.track ? { mediaStream: new MediaStream([leg.track]) } : { mediaConstraints: { audio: true, video: false } }),
    })
  }

  private copyOf(stream: MediaStream): MediaStreamTrack | null {
    const track = stream.getAudioTracks()[0]?.clone() ?? null
    if (track) track.enabled = !this.muted
    return track
  }

  private gone(leg: Leg) {
    leg.track?.stop()
    if (this.leg !== leg) return
    this.leg = null
    this.interrupted = false
    this.options.onVoice(null)
  }
}
