"""Writes Tests/ModelsTests/Goldens/clip_tokenizer: a small vocabulary in four folders and what each makes of texts.

Reference: transformers 5.23.0 (CLIPTokenizer), tokenizers 0.23.3.

    python scripts/goldens/clip_tokenizer.py [number of further random texts] [seed]
"""

import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTokenizer

goldens = Path(__file__).parents[2] / "Tests/ModelsTests/Goldens/clip_tokenizer"

corpus = """portrait of a person, color, cinematic, watercolor painting; pixel art, neon lights. oil painting by the sea
a woman's face, they're smiling, i'm here, you'll see, he'd go, we've been. don't! it isn't. café naïve über straße
the cat sat on the mat -- and the dog... ran away!!! (really?) [yes] {no} <tag> "quoted" 'single' #hashtag @name
привет мир портрет человека в стиле акварели привет портрет 你好世界 你好 肖像 人物 こんにちは 世界 नमस्ते दुनिया
مرحبا بالعالم שלום עולם สวัสดีชาวโลก 안녕하세요 세계 👩‍👩‍👧‍👦 😀😀 🏳️‍🌈 é è ê ñ ş ğ ı 1234567890 3.14 2024""" * 3

words = """a the cat portrait of café naïve straße ПОРТРЕТ привет 你好世界 こんにちは नमस्ते مرحبا שלום สวัสดี 안녕하세요 ﬁne ǅ İstanbul
ΣΊΣΥΦΟΣ ΌΣΟΣ Ⅷ ½ ² ٣ ① 𝔘𝔫𝔦 𝟘𝟙 ꟻ 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇫🇷 e\u0301 a\u0323\u0302 \u0302\u0323 \u1100\u1161\u11a8 ﷺ ＡＢＣ \u00a0 \u2003 \u200b \u200d \u2028 \u0085
\u180e \ufeff \u00ad 's 'S ' '' 're 'RE 'll 'LL 'd 't 'm 've don't DON'T y'all's rock'n'roll '90s 's's ''s ’s 3 42 3.14 1,000 x2 2x ! !! ... --- ,., (( )) [[ #tag @me
<|startoftext|> <|endoftext|> <|STARTOFTEXT|> <|EndOfText|> <|startoftext <|endoftext|>! |> <| $ \\ / _ __ a_b ~ ^ ` % & * + = : ; " supercalifragilisticexpialidocious""".split(" ")
words = [word for line in words for word in line.split("\n")] + ["\t", "\n", "\r\n", "\x0b", "\x0c", "\0", "\x01", "\x1b", "\x7f", "  ", "\u3000"]

texts = [
    "", " ", "\n\t ", "a", "A photo of a cat.", "portrait of a person, color, cinematic", "don't DON'T Don’t",
    "they'RE I'M we'Ve you'LL he'D it'S can'T", "'s 't 're 've 'm 'll 'd", "''s '' ' 's'", "x's' 'sun 'tis 'mast",
    "2024-01-02 3.14159 1,000,000 x2 2x ½ ² Ⅷ ٣٤٥ ①② 𝟘𝟙", "!!! ... ?!?! --- ,.,. (( )) [[a]] {b} #tag @me $5 50%",
    "!", "a!", "!a", "a!b!c", "! !", "hello!world", "watercolor,neon!pixel art", "<|startoftext|>", "<|endoftext|>",
    "a<|endoftext|>b", "a <|startoftext|> b <|endoftext|> c", "<|STARTOFTEXT|> <|EndOfText|>!!",
    "!!<|STARTOFTEXT|>!!", "<|startoftext", "startoftext|>", "<|<|endoftext|>|>", "<|endoftext|><|endoftext|>!",
    "café cafe\u0301 naïve nai\u0308ve Å Å A\u030a \u1e9b\u0323", "q\u0307\u0323 q\u0323\u0307 \u0344 \u0f73 \u2126 \u212a",
    "\u1100\u1161\u11a8 각 가\u11a8", "straße STRASSE ẞ ﬁ ﬀ İ I ı i̇ ǅ Ǆ", "ΣΊΣΥΦΟΣ ὈΔΥΣΣΕΎΣ ΌΣΟΣ.", "ПРИВЕТ мир Ёлка",
    "你好世界肖像", "こんにちは世界 カタカナ ｶﾀｶﾅ", "안녕하세요 세계", "नमस्ते दुनिया क्षत्रिय", "مرحبا بالعالم ﷺ", "שָׁלוֹם עוֹלָם", "สวัสดีชาวโลก ภาษาไทย",
    "ខ្មែរ မြန်မာ ქართული ᲥᲐᲠᲗᲣᲚᲘ Հայերեն ไทย ລາວ ᏣᎳᎩ ꮳꮃꭹ አማርኛ", "😀 😀😀 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷🇩🇪 ❤️ ☀ ☺︎ #️⃣ 1️⃣",
    "zero\u200bwidth\u200cjoin\u200der\ufeffbom soft\u00adhyphen", "nbsp\u00a0em\u2003line\u2028para\u2029nel\u0085ogham\u1680x\u180ey\u3000z",
    "tab\tnew\nline\r\nvt\x0bff\x0c nul\0 bell\x07 esc\x1b del\x7f fs\x1cgs\x1drs\x1eus\x1f", "\ufffd \ue000 \U000f0000 \U0010ffff \ufdd0",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝒜𝓁𝓁 𐐀𐐁 𞤀𞤁 𐲀", "\u1c89\u1c8a \ua7da \U00010d50 \U00016ea0", "new in 17: \u088f \U00010940 \U00011db0 \U00016ea0",
    "supercalifragilisticexpialidocious " * 8, "a " * 200, "a" * 300, "é" * 120, "😀" * 90, "!" * 100, "1234567890" * 12, "a!" * 60,
    "portrait of a person, " * 30, "'" * 80, "<|endoftext|>" * 100, "... " * 75 + "end", "&amp; &lt;b&gt; &eacute;",
    "(word:1.3) [[less]] ((more)) BREAK AND", "https://example.org/a_b?c=d&e=%20#f", "C:\\path\\to", "\"quoted\" ‘single’ “double” «guillemets» „low“",
    "Ａｂｃ１２３！", "ﬃ ǆ Ǉ ŉ ĸ ſ K Å", "a\u0300\u0301\u0302\u0303\u0304", "\u0301 \u0301a a \u0301", "x\u20dd \u20e3 \u302a", "ᾳ ᾼ ΐ ΰ",
]
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 7)


def random_text() -> str:
    parts = [rng.choice(words) if rng.random() < 0.75 else random_characters() for _ in range(rng.randint(1, 14))]
    return "".join(part + rng.choice(["", " ", " ", "  "]) for part in parts)


def random_characters() -> str:
    blocks = [(0x20, 0x7e), (0xa0, 0x24f), (0x300, 0x36f), (0x370, 0x52f), (0x590, 0x6ff), (0x900, 0x97f), (0x1100, 0x11ff),
              (0x1e00, 0x1fff), (0x2000, 0x214f), (0x3040, 0x30ff), (0x4e00, 0x4e80), (0xac00, 0xac80), (0x1f300, 0x1f64f),
              (0x0, 0x1f), (0xa000, 0xabff), (0x10000, 0x11fff), (0x1d400, 0x1d7ff)]
    low, high = rng.choice(blocks)
    return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 6)))


texts += [random_text() for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 200)]


def vocabulary() -> tuple[dict[str, int], list[list[str]]]:
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(" ", "removed"), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    bpe.train_from_iterator([corpus.lower()], trainers.BpeTrainer(
        vocab_size=900, end_of_word_suffix="</w>", show_progress=False))
    merges = [list(merge) for merge in json.loads(bpe.to_str())["model"]["merges"]]
    keep = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    letters = [chr(code) for code in keep] + [chr(256 + i) for i in range(256 - len(keep))]
    tokens = letters + [letter + "</w>" for letter in letters] + ["".join(merge) for merge in merges]
    tokens = list(dict.fromkeys(tokens)) + ["<|startoftext|>", "<|endoftext|>"]
    return {token: i for i, token in enumerate(tokens)}, merges


def flagged(token: str, **extra) -> dict:
    return {**extra, "content": token, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


def main() -> None:
    shutil.rmtree(goldens, ignore_errors=True)
    vocab, merges = vocabulary()
    start, end = "<|startoftext|>", "<|endoftext|>"

    def folder(name: str, **files: dict) -> None:
        path = goldens / name
        path.mkdir(parents=True)
        (path / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
        (path / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in merges))
        for file, value in files.items():
            (path / f"{file}.json").write_text(json.dumps(value, indent=2) + "\n")

    def hub(pad: str) -> dict:
        """The settings as the SDXL repositories on the Hub have them."""
        typed = {"__type": "AddedToken"}
        return dict(
            tokenizer_config={
                "add_prefix_space": False, "bos_token": flagged(start, **typed), "do_lower_case": True,
                "eos_token": flagged(end, **typed), "errors": "replace", "model_max_length": 77, "pad_token": pad,
                "tokenizer_class": "CLIPTokenizer", "unk_token": flagged(end, **typed)},
            special_tokens_map={
                "bos_token": flagged(start), "eos_token": flagged(end), "pad_token": pad, "unk_token": flagged(end)})

    folder("first", **hub(end))
    folder("second", **hub("!"))
    folder("decoder", tokenizer_config={
        "added_tokens_decoder": {
            "0": {"content": "!", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True},
            str(vocab[start]): {**flagged(start), "special": True}, str(vocab[end]): {**flagged(end), "special": True}},
        "bos_token": start, "eos_token": end, "pad_token": "!", "unk_token": end, "model_max_length": 20,
        "tokenizer_class": "CLIPTokenizer"})
    # What transformers 5 saves: tokenizer.json and its settings.
    scratch = tempfile.mkdtemp()
    CLIPTokenizer.from_pretrained(goldens / "second").save_pretrained(scratch)
    (goldens / "saved").mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(Path(scratch) / name, goldens / "saved" / name)

    # Ids are kept without their padding; the length and the padding id say what follows.
    result = {"texts": texts, "folders": {}}
    for name in ("first", "second", "decoder", "saved"):
        tokenizer = CLIPTokenizer.from_pretrained(goldens / name)
        encode = lambda text: tokenizer(
            text, padding="max_length", max_length=tokenizer.model_max_length, truncation=True).input_ids
        pad, length = tokenizer.pad_token_id, tokenizer.model_max_length
        rows = [encode(text) for text in texts]
        for row in rows:
            assert len(row) == length
            while row[-1] == pad and row[-2] == pad:
                row.pop()
        result["folders"][name] = {"padding": pad, "length": length, "ids": rows}
    (goldens / "expected.json").write_text(json.dumps(result, ensure_ascii=True, separators=(",", ":")))


if __name__ == "__main__":
    main()
