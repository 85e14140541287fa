// Read QR codes from the camera or a photo: the browser's own reader, or WebAssembly.

const WASM = new URL("../vendor/zxing-wasm/reader/", import.meta.url);
const PAUSE_MS = 120;
const MOST_PIXELS = 1600; // longest side of a still picture that is looked at
const FRAME_PIXELS = 1280;
let reading = null;

/** Return a function from a canvas to the texts of its codes. */
export function reader() {
  reading ??= native().then((own) => own ?? zxing());
  return reading;
}

async function native() {
  if (!("BarcodeDetector" in globalThis)) return null;
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (!formats.includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas)).map((one) => one.rawValue);
  } catch {
    return null; // a phone that names the class and lacks the service behind it
  }
}

async function zxing() {
  const module = await import("../vendor/zxing-wasm/es/reader/index.js");
  const locateFile = (name) => new URL(name, WASM).href; // never another host
  module.prepareZXingModule({ overrides: { locateFile } });
  const options = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 8 };
  return async (canvas) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height);
    const found = await module.readBarcodes(pixels, options);
    return found.filter((one) => one.isValid).map((one) => one.text);
  };
}

/** Return the texts of the codes in a photo; none where there is no code. */
export async function readPhoto(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    return await (await reader())(drawn(picture, MOST_PIXELS));
  } finally {
    picture.close();
  }
}

function drawn(source, most, canvas = document.createElement("canvas")) {
  const width = source.videoWidth ?? source.width;
  const height = source.videoHeight ?? source.height;
  const scale = Math.min(1, most / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The camera in a `<video>`: looks until it finds a code or is stopped. */
export class Camera {
  constructor(video) {
    this.video = video;
    this.stream = null;
    this.canvas = document.createElement("canvas");
  }

  get on() {
    return this.stream !== null;
  }

  /** Look for one code and return its text; null if stopped. Raises DOMException. */
  async scan() {
    const wanted = { facingMode: "environment", width: { ideal: FRAME_PIXELS } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    const stream = this.stream;
    this.video.srcObject = stream;
    await this.video.play();
    const detect = await reader();
    while (this.stream === stream) {
      const ready = this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
      const texts = ready
        ? await detect(drawn(this.video, FRAME_PIXELS, this.canvas))
        : [];
      if (this.stream !== stream) break;
      if (texts.length) {
        this.stop();
        return texts[0];
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return null;
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  get torch() {
    const [track] = this.stream?.getVideoTracks() ?? [];
    return Boolean(track?.getCapabilities?.().torch);
  }

  async light(on) {
    const [track] = this.stream?.getVideoTracks() ?? [];
    await track?.applyConstraints({ advanced: [{ torch: on }] });
  }
}
