"""What a process remembers of the events that it has checked."""

from bidding.opening.known import Known


def test_an_event_is_known_by_its_text_and_by_the_panel_it_was_judged_by():
    known = Known()
    name = Known.name(b"p" * 32, '{"v":1}')
    known.add(name)
    assert name in known
    assert Known.name(b"q" * 32, '{"v":1}') not in known
    assert Known.name(b"p" * 32, '{"v":2}') not in known
    assert Known.name(b"", "p" * 32 + '{"v":1}') not in known


def test_it_never_remembers_more_than_so_many():
    known = Known(2)
    names = [Known.name(b"", str(number)) for number in range(3)]
    for name in names:
        known.add(name)
    assert [name in known for name in names] == [False, False, True]
