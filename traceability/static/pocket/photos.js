// Photos of a finding: made small on the phone, without where they were taken.

export const MOST = 6;
const LONGEST = 1600;
const QUALITY = 0.82;

/** Return a photo as a JPEG of at most 1600 px a side. Raises where it is no picture. */
export async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) =>
      canvas.toBlob(resolve, "image/jpeg", QUALITY),
    );
    if (!blob) throw new Error("the picture could not be written");
    return blob;
  } finally {
    picture.close();
  }
}
