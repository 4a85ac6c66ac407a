// What the page hears and plays: microphone with its meter, the ringer, the caller's voice.

export type MicrophoneFault = 'denied' | 'missing' | 'busy' | 'insecure'

export class MicrophoneError extends Error {
  constructor(readonly fault: MicrophoneFault) {
    super(fault)
  }
}

const faults: Record<string, MicrophoneFault> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
}

export class Sound {
  microphone: MediaStream | null = null
  onMicrophoneEnded = () => {}
  onUnlocked: (unlocked: boolean) => void = () => {}
  private context: AudioContext | null = null
  private micMeter: AnalyserNode | null = null
  private micSource: MediaStreamAudioSourceNode | null = null
  private remoteMeter: AnalyserNode | null = null
  private remoteSource: MediaStreamAudioSourceNode | null = null
  private ringer: AudioBufferSourceNode | null = null
  private ringing = false
  private readonly player = new Audio()

  /** raw switches the browser's echo, noise and level treatment off, for measurements with steady tones. */
  constructor(private readonly raw: boolean) {
    this.player.autoplay = true
  }

  get unlocked(): boolean {
    return this.context?.state === 'running'
  }

  /** unlock starts the audio output and tells whether the browser let it; call it from a click where you can. */
  async unlock(): Promise<boolean> {
    if (!this.context) {
      try {
        this.context = this.openContext()
      } catch {
        return false
      }
      this.meterMicrophone()
    }
    // resume() of a context that may not start stays pending for ever.
    await Promise.race([this.context.resume(), new Promise((done) => setTimeout(done, 600))])
    if (this.player.srcObject) await this.player.play().catch(() => {})
    return this.unlocked
  }

  private openContext(): AudioContext {
    const context = new AudioContext()
    context.onstatechange = () => {
      this.onUnlocked(this.unlocked)
      if (this.unlocked && this.ringing && !this.ringer) this.ring(true)
    }
    return context
  }

  async openMicrophone(): Promise<MediaStream> {
    if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError('insecure')
    const treatment = !this.raw
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: treatment, noiseSuppression: treatment, autoGainControl: treatment },
      })
      this.useMicrophone(stream)
      return stream
    } catch (error) {
      throw new MicrophoneError(faults[(error as DOMException).name] ?? 'busy')
    }
  }

  closeMicrophone() {
    this.micSource?.disconnect()
    for (const track of this.microphone?.getTracks() ?? []) {
      track.onended = null
      track.stop()
    }
    this.microphone = null
  }

  /** microphoneLevel is 0 for silence to 1 for shouting. */
  microphoneLevel(): number {
    if (!this.micMeter || !this.microphone) return 0
    const samples = new Float32Array(this.micMeter.fftSize)
    this.micMeter.getFloatTimeDomainData(samples)
    const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length)
    return Math.min(1, Math.max(0, (20 * Math.log10(rms + 1e-6) + 60) / 50))
  }

  play(stream: MediaStream | null) {
    this.player.srcObject = stream
    this.remoteSource?.disconnect()
    this.remoteSource = null
    if (!stream) return
    void this.player.play().catch(() => {})
    if (!this.context) return
    this.remoteMeter ??= this.analyser(4096)
    this.remoteSource = this.context.createMediaStreamSource(stream)
    this.remoteSource.connect(this.remoteMeter)
  }

  /** remoteLevel is how loud the received voice is at one frequency, in dBFS. */
  remoteLevel(frequency: number): number {
    if (!this.remoteMeter || !this.remoteSource || !this.context) return -Infinity
    const bins = new Float32Array(this.remoteMeter.frequencyBinCount)
    this.remoteMeter.getFloatFrequencyData(bins)
    const bin = Math.round((frequency * this.remoteMeter.fftSize) / this.context.sampleRate)
    return Math.max(...[bin - 1, bin, bin + 1].map((i) => bins[i] ?? -Infinity))
  }

  testTone() {
    if (!this.context || !this.unlocked) return
    this.loop(toneBuffer(this.context, [[660, 0, 0.16], [880, 0.18, 0.4]], 0.5), false)
  }

  /** chime is heard once, and is unlike the ringer. */
  chime() {
    if (!this.context || !this.unlocked) return
    this.loop(toneBuffer(this.context, [[988, 0, 0.22], [784, 0.26, 0.48], [988, 0.52, 0.9]], 1), false)
  }

  ring(on: boolean) {
    this.ringing = on
    if (on && this.ringer) return
    this.ringer?.stop()
    this.ringer = null
    if (!on || !this.context || !this.unlocked) return
    const pattern: Tone[] = [[440, 0, 0.4], [554, 0.2, 0.6], [440, 0.6, 1.0], [554, 0.8, 1.2]]
    this.ringer = this.loop(toneBuffer(this.context, pattern, 3), true)
  }

  private loop(buffer: AudioBuffer, again: boolean): AudioBufferSourceNode {
    const source = this.context!.createBufferSource()
    source.buffer = buffer
    source.loop = again
    source.connect(this.context!.destination)
    source.start()
    return source
  }

  private useMicrophone(stream: MediaStream) {
    this.closeMicrophone()
    this.microphone = stream
    const track = stream.getAudioTracks()[0]
    if (track) track.onended = () => this.onMicrophoneEnded()
    this.meterMicrophone()
  }

  private meterMicrophone() {
    if (!this.context || !this.microphone) return
    this.micSource?.disconnect()
    this.micMeter ??= this.analyser(1024)
    this.micSource = this.context.createMediaStreamSource(this.microphone)
    this.micSource.connect(this.micMeter)
  }

  private analyser(size: number): AnalyserNode {
    const node = this.context!.createAnalyser()
    node.fftSize = size
    node.smoothingTimeConstant = 0.3
    return node
  }
}

type Tone = [frequency: number, from: number, to: number]

function toneBuffer(context: AudioContext, tones: Tone[], seconds: number): AudioBuffer {
  const rate = context.sampleRate
  const buffer = context.createBuffer(1, Math.round(seconds * rate), rate)
  const samples = buffer.getChannelData(0)
  for (const [frequency, from, to] of tones) {
    for (let i = Math.round(from * rate); i < Math.min(to * rate, samples.length); i++) {
      const t = i / rate
      const fade = Math.min(1, (t - from) / 0.02, (to - t) / 0.02)
      samples[i] = (samples[i] ?? 0) + 0.16 * fade * Math.sin(2 * Math.PI * frequency * t)
    }
  }
  return buffer
}
