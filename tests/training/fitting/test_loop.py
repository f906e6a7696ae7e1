import pytest

pytest.importorskip("torch")

import torch

from training.fitting.loop import in_bfloat16


@pytest.mark.parametrize("has_amx", [False, True])
def test_bfloat16_is_only_used_where_the_processor_has_instructions_for_it(
    has_amx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: has_amx)
    with in_bfloat16():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if has_amx else torch.float32)
