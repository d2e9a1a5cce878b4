// Runs in the page before anything of the page: a recogniser and a voice that do what the story says. The real
// ones need a vendor's service and a loudspeaker; what the page makes of them is what is told here.

globalThis.story = { recogniser: null, speaking: null, silenced: 0, aheadMs: 0 };

// How long the voice has sounded is measured by this clock, so the story says how long that was.
const now = performance.now.bind(performance);
performance.now = () => now() + globalThis.story.aheadMs;

globalThis.SpeechRecognition = class {
  start() {
    globalThis.story.recogniser = this;
    queueMicrotask(() => this.onstart?.());
  }
  stop() {
    queueMicrotask(() => this.onend?.());
  }
  abort() {
    this.stop();
  }
};

globalThis.SpeechSynthesisUtterance = class {
  constructor(text) {
    this.text = text;
  }
};

Object.defineProperty(globalThis, 'speechSynthesis', {
  value: {
    resume() {},
    speak(utterance) {
      if (utterance.volume === 0) return;
      globalThis.story.speaking = utterance;
      queueMicrotask(() => utterance.onstart?.());
    },
    cancel() {
      if (globalThis.story.speaking) globalThis.story.silenced += 1;
      globalThis.story.speaking = null;
    },
  },
});
