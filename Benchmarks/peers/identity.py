"""PuLID's identity attention for diffusers' UNet, in its "fidelity" setting: eight zero tokens, ortho v2.

After pulid/attention_processor.py::IDAttnProcessor2_0, whose module cannot be loaded without the rest of the demo. Keys and
values of the identity are made from its tokens in each call, as there.
"""

import torch
import torch.nn.functional as F


class IdentityAttention:
    def __init__(self, tokens, to_k, to_v, scale=0.8, zeros=8):
        self.tokens, self.to_k, self.to_v, self.scale, self.zeros = tokens, to_k, to_v, scale, zeros

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        def split(x):
            return x.view(x.shape[0], x.shape[1], attn.heads, -1).transpose(1, 2)

        def joined(x):
            return x.transpose(1, 2).flatten(2)

        q = split(attn.to_q(hidden_states))
        k, v = split(attn.to_k(encoder_hidden_states)), split(attn.to_v(encoder_hidden_states))
        h = joined(F.scaled_dot_product_attention(q, k, v))

        tokens = F.pad(self.tokens, (0, 0, 0, self.zeros)).expand(q.shape[0], -1, -1)
        id_k, id_v = split(F.linear(tokens, self.to_k)), split(F.linear(tokens, self.to_v))
        r = joined(F.scaled_dot_product_attention(q, id_k, id_v))
        looks = (q @ id_k.transpose(-1, -2)).softmax(dim=-1)[..., :5].sum(dim=-1, keepdim=True).mean(dim=1)
        along = (h * r).sum(dim=1, keepdim=True) / (h * h).sum(dim=1, keepdim=True) * h
        return attn.to_out[0](h + (r + (looks - 1) * along) * self.scale)


def add_identity(unet, weights, tokens):
    """Cross-attentions are the odd ones of all, counted as diffusers lists them."""
    processors = dict(unet.attn_processors)
    for number, name in enumerate(processors):
        if "attn2" in name:
            prefix = f"id_adapter_attn_layers.{number}"
            pair = (weights[f"{prefix}.id_to_{x}.weight"].to(tokens.dtype) for x in "kv")
            processors[name] = IdentityAttention(tokens, *pair)
    unet.set_attn_processor(processors)
